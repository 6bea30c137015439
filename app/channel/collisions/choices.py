"""The codes that channel sales' columns hold, with their labels and tones (glossary.md, ui.md, CH-7)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.channel.brokers.choices import REVIEW_STATE
from app.kernel.settings.dictionaries import dictionary

COLLISION_OUTCOME = dictionary(
    "collision_outcomes",
    {"keep": _("Keep the binding"), "rebind": _("Rebind"), "other": _("Other")},
    {"keep": "blue", "rebind": "orange", "other": "gray"},
    title=_("Outcomes of collisions"),
)


register_code_fields("broker", review_state=REVIEW_STATE)
register_code_fields("collision", outcome=COLLISION_OUTCOME)
