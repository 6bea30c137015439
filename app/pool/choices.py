"""The codes of the pool's own columns."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

SHELF_ACTION = Dictionary(
    "shelf_actions",
    {"shelve": _("Shelved"), "unshelve": _("Unshelved")},
    {"shelve": "blue", "unshelve": "gray"},
    title=_("Steps onto and off the shelf"),
)
SHELVED_AS = Dictionary(
    "shelved_as",
    {"following": _("Following"), "pending": _("Pending")},
    title=_("Statuses after shelving"),
)
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
