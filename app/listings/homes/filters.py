"""Filters and orders of the list of listings, on pages and in the API (LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.kernel.access.guard import scoped
from app.kernel.lists.filters import (
    AmountRangeFilter,
    ChoiceFilter,
    DateRangeFilter,
    EqualsFilter,
    ReferenceFilter,
    TextFilter,
)
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import contains
from app.kernel.text import MAX_ID, read_code, read_id
from app.listings.communities.fields import communities_url, community_name
from app.listings.communities.filters import DistrictFilter
from app.listings.communities.models import Community
from app.listings.homes import choices
from app.listings.homes.models import Listing
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_L = Listing.__table__.c
_C = Community.__table__.c


def _of_community_named(text: str, _actor: Actor) -> ColumnElement[bool]:
    named = scoped(select(_C.id).where(contains(_C.name, text)))
    found: ColumnElement[bool] = _L.community_id.in_(named)
    return found


class RoomsFilter(EqualsFilter):
    """A number of rooms."""

    wrong = _("Not a whole number")

    def parse(self, raw: str) -> int:
        return 0 if raw == "0" else read_id(raw)

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "integer", "minimum": 0, "maximum": MAX_ID}}


SPEC = ListSpec(
    filters=(
        TextFilter("community", _("Community"), _of_community_named),
        TextFilter("code", _("Number"), lambda text, _actor: _L.code == read_code(text)),
        ChoiceFilter("kind", _("Sale or rent"), _L.kind, choices.KIND),
        ChoiceFilter("status", _("State"), _L.status, choices.STATUS),
        DistrictFilter(_L.district_id),
        AmountRangeFilter("price", _("Price"), _L.price),
        AmountRangeFilter("area", _("Area (m²)"), _L.area),
        RoomsFilter("rooms", _("Rooms"), _L.rooms),
        ReferenceFilter(
            "agent_id",
            _("Maintaining agent"),
            _L.agent_id,
            lambda: url_for("OptionsView.staff"),
            staff_name,
        ),
        ReferenceFilter(
            "community_id", _("Community"), _L.community_id, communities_url, community_name, linked=True
        ),
        DateRangeFilter("created", _("Entered"), _L.created_at),
    ),
    orders={"created_at": _L.created_at, "price": _L.price, "area": _L.area},
    default_order="-created_at",
)
