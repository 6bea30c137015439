"""The codes of the public pool's entries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

ENTRY_REASON = Dictionary(
    "pool_entry_reasons",
    {
        "inactive_days": _("Not followed up for too long"),
        "manual": _("By hand"),
        "resignation": _("Owner departed"),
    },
    title=_("Reasons to enter the public pool"),
)
ENTRY_STATE = Dictionary(
    "pool_entry_states",
    {
        "available": _("Available"),
        "assigned": _("Assigned"),
        "claimed": _("Claimed"),
        "withdrawn": _("Taken out"),
    },
    {"available": "blue", "assigned": "green", "claimed": "green", "withdrawn": "gray"},
    title=_("States in the public pool"),
)
