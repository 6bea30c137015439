"""Filters and orders of the list of opportunities, on pages and in the API (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_

from app.deals.opportunities.choices import OPEN, STAGE, STATUS
from app.deals.opportunities.models import Opportunity
from app.deals.shared.filters import DayRangeFilter, common_filters, currency_filter
from app.kernel import clock
from app.kernel.lists.filters import AmountRangeFilter, ChoiceFilter, FlagFilter
from app.kernel.lists.requests import ListSpec

_O = Opportunity.__table__.c


def is_late() -> ColumnElement[bool]:
    """Match open opportunities whose expected day has passed."""
    return and_(_O.status == OPEN, _O.expected_on < clock.today())


SPEC = ListSpec(
    filters=(
        *common_filters(Opportunity, STATUS),
        ChoiceFilter("stage", _("Sales stage"), _O.stage, STAGE),
        currency_filter(Opportunity),
        DayRangeFilter("expected", _("Expected on"), _O.expected_on),
        AmountRangeFilter("amount", _("Amount"), _O.amount),
        FlagFilter("late", _("Past its expected day"), is_late),
    ),
    orders={"created_at": _O.created_at, "amount": _O.amount, "expected_on": _O.expected_on},
    default_order="-created_at",
)
