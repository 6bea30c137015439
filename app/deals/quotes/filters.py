"""Filters and orders of the list of quotes, on pages and in the API (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.quotes.choices import STATUS
from app.deals.quotes.models import Quote
from app.deals.shared.filters import DayRangeFilter, common_filters, currency_filter
from app.kernel.lists.filters import AmountRangeFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.text import read_code

_Q = Quote.__table__.c

SPEC = ListSpec(
    filters=(
        *common_filters(Quote, STATUS),
        TextFilter("code", _("Number"), lambda text, _actor: _Q.code == read_code(text)),
        currency_filter(Quote),
        DayRangeFilter("valid_until", _("Valid until"), _Q.valid_until),
        AmountRangeFilter("amount", _("Amount"), _Q.amount),
    ),
    orders={"created_at": _Q.created_at, "amount": _Q.amount, "valid_until": _Q.valid_until},
    default_order="-created_at",
)
