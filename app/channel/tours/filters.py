"""Filters and sort orders of the list of tours (CH-21)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.brokers.filters import broker_filter
from app.channel.shared.filters import code_filter, name_filter, staff_filter
from app.channel.tours import choices
from app.channel.tours.models import Tour, TourFollowUp
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec

_T = Tour.__table__.c
TOURS = ListSpec(
    filters=(
        code_filter(_T.code),
        name_filter(_T.name_key),
        broker_filter(_T.broker_id),
        ChoiceFilter("intention", _("Intention"), _T.intention, choices.INTENTION),
        staff_filter("consultant", _("Property consultant"), _T.consultant_id),
        DateRangeFilter("created", _("Scanned"), _T.created_at),
    ),
    orders={"created_at": _T.created_at},
    default_order="-created_at",
)
FOLLOW_UPS = ListSpec((), {"created_at": TourFollowUp.created_at}, "-created_at")
