"""Filters and orders of the list of communities, on pages and in the API (LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.database.conditions import id_in
from app.kernel.lists.filters import ContainsFilter, DateRangeFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.listings.communities.models import Community
from app.org.districts.queries import districts_below
from app.org.shared.fields import district_name

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

_C = Community.__table__.c


class DistrictFilter(ReferenceFilter):
    """A district, with all below it."""

    def __init__(self, column: Any) -> None:
        super().__init__(
            "district_id", _("District"), column, lambda: url_for("OptionsView.districts"), district_name
        )

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(id_in(self.column, districts_below([value])))


SPEC = ListSpec(
    filters=(
        ContainsFilter("name", _("Name"), _C.name),
        DistrictFilter(_C.district_id),
        DateRangeFilter("created", _("Entered"), _C.created_at),
    ),
    orders={"name": _C.name_sort, "created_at": _C.created_at},
    default_order="name",
)
