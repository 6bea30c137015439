"""The activity of a customer, derived and never stored (CUST-30)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal_column, not_, or_

from app.customers.shared.pool_entries import is_in_pool, waiting_customers
from app.customers.shared.settings import ACTIVE_DAYS
from app.kernel import clock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from app.customers.shared.models import Customer
    from app.customers.shared.rows import CustomerRow


def quiet_since() -> datetime:
    """Return the moment before which the last contact makes a customer inactive."""
    return clock.now() - timedelta(days=ACTIVE_DAYS.get())


def activity_of(customer: Customer | CustomerRow) -> str:
    """Return ``in_pool``, ``inactive`` or ``active``; without a follow-up its creation counts as one."""
    if customer.in_pool:
        return "in_pool"
    idle = customer.follow_status == "off_shelf" or customer.stage == "lapsed" or not customer.enabled
    last = customer.last_follow_up_at or customer.created_at
    return "inactive" if idle or last < quiet_since() else "active"


def _is_idle(columns: Any) -> ColumnElement[bool]:
    return or_(
        columns.follow_status == "off_shelf",
        columns.stage == "lapsed",
        not_(columns.enabled),
        func.coalesce(columns.last_follow_up_at, columns.created_at) < quiet_since(),
    )


def has_activity(columns: Any, activity: str) -> ColumnElement[bool]:
    """Return the condition that a customer has this activity, on the columns of its table."""
    waiting = waiting_customers()
    if activity == "in_pool":
        return columns.id.in_(waiting)
    idle = _is_idle(columns)
    return and_(columns.id.not_in(waiting), idle if activity == "inactive" else not_(idle))


def activity_case(columns: Any) -> Any:
    """Return the activity as a column, for counting."""
    return case(
        (is_in_pool(columns.id), literal_column("'in_pool'")),
        (_is_idle(columns), literal_column("'inactive'")),
        else_=literal_column("'active'"),
    )
