"""Filters and sort orders of the list of viewing fees (CH-25)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.channel.brokers.filters import broker_filter, broker_phone_filter
from app.channel.companies.filters import broker_company_filter
from app.channel.fees.models import ViewingFee
from app.channel.referrals.filters import FragmentFilter
from app.channel.referrals.models import Referral
from app.channel.shared.identity import name_key
from app.kernel.access.guard import scoped
from app.kernel.lists.filters import AmountRangeFilter, DateRangeFilter, FlagFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import starting
from app.kernel.text import read_code

_R = Referral.__table__.c
_F = ViewingFee.__table__.c


def _of_referral(condition: Any) -> Any:
    """Filter fees by a condition on their referral."""
    return _F.referral_id.in_(scoped(select(_R.id).where(condition)))


FEES = ListSpec(
    filters=(
        TextFilter("code", _("Customer code"), lambda text, _actor: _of_referral(_R.code == read_code(text))),
        TextFilter(
            "name",
            _("Full name"),
            lambda text, _actor: _of_referral(starting(_R.name_key, name_key(text))),
        ),
        FragmentFilter(_F.referral_id),
        broker_filter(_F.broker_id),
        broker_phone_filter(_F.broker_id),
        broker_company_filter(_F.broker_company_id),
        DateRangeFilter("created", _("Created"), _F.created_at),
        AmountRangeFilter("amount", _("Amount"), _F.amount),
        FlagFilter("voided", _("Voided"), lambda: _F.voided_at.is_not(None)),
    ),
    orders={"created_at": _F.created_at, "amount": _F.amount},
    default_order="-created_at",
)
