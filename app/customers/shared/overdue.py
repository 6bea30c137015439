"""Pending customers whose first follow-up is overdue (POOL-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false

from app.customers.shared.models import Customer
from app.customers.shared.settings import PENDING_HOURS
from app.kernel import clock, workdays

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_C = Customer.__table__.c


def is_pending_overdue(times: int = 1) -> ColumnElement[bool]:
    """Match platform customers that wait for a first follow-up longer than the working hours of the setting,
    or than ``times`` of them (POOL-24).
    """
    hours = PENDING_HOURS.get() * times
    if not hours:
        return false()
    since = workdays.hours_before(clock.now(), hours)
    return and_(_C.pool == "platform", _C.handler_id.is_not(None), _C.assigned_at < since)
