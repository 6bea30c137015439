"""Filters and sort orders of the list of broker companies (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.channel.companies.models import BrokerCompany
from app.kernel.lists.filters import ContainsFilter, FlagFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import contains

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_CO = BrokerCompany.__table__.c


def broker_company_filter(column: Any) -> TextFilter:
    """Filter by any part of a broker company's name: there are few companies."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(select(_CO.id).where(contains(_CO.name, text)))
        return found

    return TextFilter("company", _("Broker company"), condition)


COMPANIES = ListSpec(
    filters=(
        ContainsFilter("name", _("Name"), _CO.name),
        FlagFilter("active", _("In use"), lambda: _CO.active.is_(True)),
    ),
    orders={"created_at": _CO.created_at},
    default_order="-created_at",
)
