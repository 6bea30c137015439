"""Tabs, filters and orders of the list of contracts, on pages and in the API (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.deals.contracts.choices import CONTRACT_STATE
from app.deals.contracts.forms import customer_name
from app.deals.contracts.models import Contract
from app.deals.contracts.queries import (
    is_in_force,
    is_overdue,
    is_partly_paid,
    overdue_contracts,
    own_contracts,
    visible_contracts,
)
from app.deals.credit.currencies import CURRENCY
from app.kernel.lists.filters import (
    AmountRangeFilter,
    ChoiceFilter,
    ContainsFilter,
    DateRangeFilter,
    FlagFilter,
    ReferenceFilter,
    TextFilter,
)
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import starting
from app.kernel.pages.tabs import ListTab
from app.kernel.text import read_code
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

_K = Contract.__table__.c


class DayRangeFilter(DateRangeFilter):
    """Days from – to, both included, of a column of days."""

    def apply(
        self, statement: Select[Any], value: tuple[date | datetime | None, ...], actor: Actor
    ) -> Select[Any]:
        first, last = (_day(one) for one in value)
        if first is not None:
            statement = statement.where(self.column >= first)
        return statement if last is None else statement.where(self.column <= last)


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value


TABS = (
    ListTab("all", _("All"), visible_contracts),
    ListTab("mine", _("Mine"), own_contracts),
    ListTab("overdue", _("Overdue"), overdue_contracts),
)
CONTRACTS = ListSpec(
    filters=(
        TextFilter("code", _("Contract number"), lambda text, _actor: starting(_K.code, read_code(text))),
        ContainsFilter("title", _("Title"), Contract.title),
        ReferenceFilter(
            "customer_id", _("Customer"), _K.customer_id, lambda: url_for("CustomerView.options"),
            customer_name,
        ),
        ChoiceFilter("status", _("State"), _K.state, CONTRACT_STATE),
        FlagFilter("in_force", _("In force"), is_in_force),
        FlagFilter("partly_paid", _("Partly paid"), is_partly_paid),
        FlagFilter("overdue", _("Overdue"), is_overdue),
        ReferenceFilter(
            "owner_id", _("Owner"), _K.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ChoiceFilter("currency", _("Currency"), _K.currency, CURRENCY),
        AmountRangeFilter("amount", _("Amount"), _K.amount),
        DayRangeFilter("ends", _("Ends on"), _K.ends_on),
        DateRangeFilter("created", _("Created"), _K.created_at),
        ReferenceFilter("company_path_id", _("Company path"), _K.company_path_id, linked=True),
    ),
    orders={"created_at": _K.created_at, "amount": _K.amount, "ends_on": _K.ends_on},
    default_order="-created_at",
)  # fmt: skip
