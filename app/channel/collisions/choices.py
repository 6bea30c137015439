"""The codes of collisions and rebinding, with their labels and tones (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

COLLISION_OUTCOME = Dictionary(
    "collision_outcomes",
    {"keep": _("Keep the binding"), "rebind": _("Rebind"), "other": _("Other")},
    {"keep": "blue", "rebind": "orange", "other": "gray"},
    title=_("Outcomes of collisions"),
)
