"""The codes of listings (LST-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

SALE, RENT = "sale", "rent"
ACTIVE, RESERVED, DONE, WITHDRAWN = "active", "reserved", "done", "withdrawn"

KIND = Dictionary(
    "listing_kinds",
    {SALE: _("For sale"), RENT: _("For rent")},
    {SALE: "blue", RENT: "cyan"},
    title=_("Kinds of listings"),
)
STATUS = Dictionary(
    "listing_statuses",
    {
        ACTIVE: _("On offer"),
        RESERVED: _("Reserved"),
        DONE: _("Sold or let"),
        WITHDRAWN: _("Withdrawn"),
    },
    {ACTIVE: "green", RESERVED: "gold", DONE: "blue", WITHDRAWN: "gray"},
    title=_("States of listings"),
)
ORIENTATION = Dictionary(
    "listing_orientations",
    {
        "south": _("South"),
        "south_north": _("South and north"),
        "south_east": _("South-east"),
        "south_west": _("South-west"),
        "east": _("East"),
        "west": _("West"),
        "north": _("North"),
    },
    title=_("Orientations"),
    editable=True,
)
DECORATION = Dictionary(
    "listing_decorations",
    {
        "rough": _("Unfinished"),
        "plain": _("Simply finished"),
        "fine": _("Well finished"),
        "luxury": _("Finished in luxury"),
    },
    title=_("Decorations"),
    editable=True,
)
