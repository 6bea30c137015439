"""The codes of shelving."""

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
