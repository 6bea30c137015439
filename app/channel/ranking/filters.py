"""Filters and sort orders of the channel ranking (CH-26)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.referrals.filters import EntryTimeFilter
from app.channel.referrals.models import Referral
from app.kernel.lists.filters import Filter
from app.kernel.lists.requests import ListSpec

_R = Referral.__table__.c
RANKING = ListSpec(
    filters=(
        Filter("company", _("Broker company")),
        Filter("broker", _("Broker")),
        Filter("broker_phone", _("Broker's phone")),
        EntryTimeFilter("created", _("Entered at"), _R.created_at),
    ),
    orders={"closed": _R.reached},
    default_order="-closed",
)
