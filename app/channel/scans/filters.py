"""Filters and sort orders of the list of on-site scans (CH-13 … CH-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.brokers.filters import broker_filter, broker_phone_filter
from app.channel.referrals.filters import FragmentFilter
from app.channel.scans import choices
from app.channel.scans.models import OnsiteScan
from app.channel.shared.filters import code_filter, name_filter, staff_filter
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec

_S = OnsiteScan.__table__.c
SCANS = ListSpec(
    filters=(
        code_filter(_S.code),
        name_filter(_S.name_key),
        FragmentFilter(_S.referral_id, _S.visitor_id),
        broker_filter(_S.broker_id),
        broker_phone_filter(_S.broker_id),
        staff_filter("consultant", _("Property consultant"), _S.consultant_id),
        ChoiceFilter("result", _("Result"), _S.result, choices.SCAN_RESULT),
        DateRangeFilter("created", _("Scanned"), _S.created_at),
    ),
    orders={"created_at": _S.created_at},
    default_order="-created_at",
)
