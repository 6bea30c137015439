"""Filters that lists of business records share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.deals.shared.currencies import CURRENCY
from app.deals.shared.fields import customer_name, customer_url
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter, DateRangeFilter, ReferenceFilter
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select

    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor
    from app.kernel.settings.dictionaries import Dictionary


class DayRangeFilter(DateRangeFilter):
    """Days from – to, both included, of a calendar day."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        first, last = (_day(one) for one in value)
        if first is not None:
            statement = statement.where(self.column >= first)
        return statement if last is None else statement.where(self.column <= last)


def _day(value: Any) -> date | None:
    """Return the day of a moment that a program gave."""
    found: date | None = value.date() if hasattr(value, "hour") else value
    return found


def common_filters(model: type[BusinessRecord], statuses: Dictionary) -> tuple[Any, ...]:
    """Return the filters of every list: title, customer, status, owner, day of creation."""
    table = model.__table__.c
    return (
        ContainsFilter("title", _("Title"), table.title),
        ReferenceFilter("customer_id", _("Customer"), table.customer_id, customer_url, customer_name),
        ChoiceFilter("status", _("State"), table.status, statuses),
        ReferenceFilter(
            "owner_id", _("Owner"), table.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        DateRangeFilter("created", _("Created"), table.created_at),
    )


def currency_filter(model: type[BusinessRecord]) -> ChoiceFilter:
    """Return the filter by currency."""
    return ChoiceFilter("currency", _("Currency"), model.__table__.c.currency, CURRENCY)
