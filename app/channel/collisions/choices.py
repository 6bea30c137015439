"""The codes of collisions and rebinding, with their labels and tones (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

COLLISION_KIND = Dictionary(
    "collision_kinds",
    {"certain": _("Certain"), "probable": _("Probable")},
    {"certain": "red", "probable": "orange"},
    title=_("Kinds of collisions"),
)
COLLISION_OUTCOME = Dictionary(
    "collision_outcomes",
    {
        "keep": _("Keep the binding"),
        "rebind": _("Rebind"),
        "other": _("Other"),
        "same_person": _("The same person"),
        "different": _("Different persons"),
    },
    {"keep": "blue", "rebind": "orange", "other": "gray", "same_person": "red", "different": "green"},
    title=_("Outcomes of collisions"),
)
# The outcomes of each kind: a probable collision is first decided to be one or not (CH-8).
OUTCOMES = {"certain": ("keep", "rebind", "other"), "probable": ("same_person", "different")}
