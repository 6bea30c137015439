"""The codes of matching (LST-3)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

OPEN, LIKED, REFUSED = "open", "liked", "refused"
DISTRICT, PRICE, AREA, ROOMS = "district", "price", "area", "rooms"

INTEREST = Dictionary(
    "listing_interests",
    {OPEN: _("No answer yet"), LIKED: _("Liked"), REFUSED: _("Turned down")},
    {OPEN: "gray", LIKED: "green", REFUSED: "red"},
    title=_("What customers think of listings"),
)
CONDITION = Dictionary(
    "match_conditions",
    {DISTRICT: _("District"), PRICE: _("Price"), AREA: _("Area"), ROOMS: _("Rooms")},
    title=_("Conditions of a demand"),
)
