"""The ways in which a whole number is compared with those of other customers (ACC-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

LOOKUP_WAY = Dictionary(
    "lookup_ways",
    {
        "search": _("Search"),
        "look_up": _("Look-up while typing"),
        "create": _("New customer"),
        "change": _("Change of number"),
        "push": _("Push"),
        "transfer": _("Transfer"),
        "import": _("Import"),
    },
    title=_("Ways of asking about numbers"),
)
