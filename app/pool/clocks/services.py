"""Clocks of the platform pool (POOL-24). A pending customer reminds its handler and then the manager; a
private one that its holder neglects is released, after a warning.

The jobs read from the notices themselves what was sent, so that a second run sends nothing twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from app.audit import services as audit
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.models import Customer
from app.customers.shared.overdue import is_pending_overdue
from app.customers.shared.queries import PEOPLE
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices import services as notices
from app.notices.queries import was_notified
from app.org.staff.queries import nearest_superior
from app.pool.clocks.settings import PRIVATE_DAYS, PRIVATE_WARNING
from app.pool.shared.changes import changes_since, holding_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

BATCH = 200
REMINDER = N_("%(name)s waits for your first follow-up")
LATE = N_("%(name)s waits for a first follow-up by %(handler)s")
WARNING = N_("%(name)s will be released to the public on %(day)s unless you follow it up")
RELEASED = N_("%(name)s, which you held privately, was released: you did not follow it up for %(days)s days")


def remind_of_pending(batch: int = BATCH) -> int:
    """Remind handlers of pending customers whose first follow-up is overdue, once each."""
    return _remind(1, Customer.handler_id, REMINDER, batch)


@transactional
def _remind(times: int, recipient: Any, message: str, batch: int) -> int:
    notified = was_notified(message, Customer.id, recipient, since=Customer.assigned_at)
    found = _locked(batch, is_pending_overdue(times), ~notified)
    for customer in found:
        if customer.handler_id is not None:
            notices.notify(customer.handler_id, message, customer_id=customer.id, name=customer.name)
    return len(found)


@transactional
def tell_managers_of_pending(batch: int = BATCH) -> int:
    """Notify the handler's superior after twice that time, once; some handlers have no superior."""
    notified = was_notified(LATE, Customer.id, None, since=Customer.assigned_at)
    reached = 0
    for customer in _locked(batch, is_pending_overdue(2), ~notified):
        superior = nearest_superior(customer.handler_id or 0)
        if superior is None or customer.handler is None:
            continue
        notices.notify(
            superior, LATE, customer_id=customer.id, name=customer.name, handler=customer.handler.name
        )
        reached += 1
    return reached


@transactional
def warn_holders(batch: int = BATCH) -> int:
    """Warn holders of private customers that will be released within the days of the setting, once each."""
    days, before = PRIVATE_DAYS.get(), PRIVATE_WARNING.get()
    if not days or not before:
        return 0
    notified = was_notified(WARNING, Customer.id, Customer.private_holder_id, since=_last_step())
    found = _locked(batch, _left_alone(days - before), ~_left_alone(days), ~notified)
    for customer in found:
        last = _moment_of(customer)
        day = clock.to_local(last).date() + timedelta(days=days + 1)
        notices.notify(
            customer.private_holder_id or 0, WARNING, customer_id=customer.id, name=customer.name, day=day
        )
    return len(found)


@transactional
def release_left_alone(batch: int = BATCH) -> int:
    """Release private customers that their holders have not followed up for the days of the setting."""
    days = PRIVATE_DAYS.get()
    if not days:
        return 0
    found = _locked(batch, _left_alone(days))
    heads = audit.lock_heads(found)
    for customer in found:
        before, holder = holding_state(customer), customer.private_holder_id
        customer.publicize()
        message, changes = N_("Released to the public: not followed up"), changes_since(before, customer)
        audit.append(heads[customer.id], SYSTEM, "pool.publicize", customer, message, changes)
        notices.notify(holder or 0, RELEASED, customer_id=customer.id, name=customer.name, days=days)
    return len(found)


def _last_step() -> Any:
    """Return when the holder last acted on the customer: took it, or followed it up."""
    latest = (
        select(func.max(FollowUp.created_at))
        .where(FollowUp.customer_id == Customer.id, FollowUp.author_id == Customer.private_holder_id)
        .correlate(Customer)
        .scalar_subquery()
    )
    return case((latest > Customer.privatized_at, latest), else_=Customer.privatized_at)


def _moment_of(customer: Customer) -> Any:
    latest = select(func.max(FollowUp.created_at)).where(
        FollowUp.customer_id == customer.id, FollowUp.author_id == customer.private_holder_id
    )
    found = [moment for moment in (db.session.scalar(latest), customer.privatized_at) if moment]
    return max(found)


def _left_alone(days: int) -> ColumnElement[bool]:
    """Match private customers whose holder has not acted since a Shanghai day that ended so many days ago."""
    since = clock.start_of_day(clock.today() - timedelta(days=max(days, 0)))
    mine = and_(
        FollowUp.customer_id == Customer.id,
        FollowUp.author_id == Customer.private_holder_id,
        FollowUp.created_at >= since,
    )
    return and_(
        Customer.private_holder_id.is_not(None),
        or_(Customer.privatized_at.is_(None), Customer.privatized_at < since),
        ~select(FollowUp.id).where(mine).correlate(Customer).exists(),
    )


def _locked(batch: int, *conditions: ColumnElement[bool]) -> Sequence[Customer]:
    found = select(Customer).where(Customer.deleted_at.is_(None), *conditions).order_by(Customer.id)
    found = found.limit(batch).options(*PEOPLE).with_for_update(of=Customer, skip_locked=True)
    with unscoped("the clocks of the pool run for every customer (POOL-24)"):
        return db.session.scalars(found.execution_options(populate_existing=True)).unique().all()


def count_waiting() -> int:
    """Count the pending customers that are overdue, for a dry run."""
    with unscoped("the clocks of the pool run for every customer (POOL-24)"):
        found = select(func.count()).select_from(Customer).where(is_pending_overdue(1))
        return db.session.scalar(found.where(Customer.deleted_at.is_(None))) or 0


def count_left_alone() -> int:
    """Count the private customers that would be released, for a dry run."""
    days = PRIVATE_DAYS.get()
    with unscoped("the clocks of the pool run for every customer (POOL-24)"):
        found = select(func.count()).select_from(Customer).where(_left_alone(days))
        return db.session.scalar(found.where(Customer.deleted_at.is_(None))) or 0 if days else 0
