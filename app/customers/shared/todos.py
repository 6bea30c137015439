"""To-dos about a customer: the next contact, a booked viewing, and their move to another person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.translation import N_
from app.notices import services as notices
from app.notices.models import Notification, Todo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import HandOver, Merge
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

CONTACT_AGAIN = N_("Contact %(name)s again")


def viewing_time(*, booked: bool, at: datetime | None) -> datetime | None:
    """Return the time of a booked viewing: the given one, or in 24 hours; None without a booking (POOL-2).

    :raises Invalid: for a time in the past.
    """
    if not booked:
        return None
    if at is not None and at <= clock.now():
        raise Invalid(viewing_at=_("This must be in the future"))
    return at or clock.now() + timedelta(days=1)


def notify_handler(
    customer: Customer, handler: Staff | None, actor: Actor, *, viewing_at: datetime | None
) -> None:
    """Notify the handler, and make a to-do when a viewing is booked, also for oneself (POOL-2)."""
    if handler is None:
        return
    if handler.id != actor.id:
        notices.notify(
            handler.id, N_("New customer to handle: %(name)s"), customer_id=customer.id, name=customer.name
        )
    if viewing_at is not None:
        notices.add_todo(
            handler.id,
            N_("Viewing booked: contact %(name)s"),
            due_at=viewing_at,
            customer_id=customer.id,
            name=customer.name,
        )


def hand_over_todos(step: HandOver) -> None:
    """Move the former person's to-dos to the new one."""
    if step.former_id is not None:
        notices.hand_over_todos(step.customer.id, step.former_id, step.receiver.id)


def close_customer_todos(customers: Sequence[Customer], _actor: Actor) -> None:
    """Close the open to-dos of customers that nobody works on any more."""
    notices.close_todos([customer.id for customer in customers])


def merge_todos(step: Merge) -> None:
    """Let to-dos and notices of the merged file lead to the survivor (CUST-9).

    The next contact is planned once: the earlier of two plans of one person stays. So does one of two open
    to-dos that say the same at the same time, as of one birthday.
    """
    step.take(Todo.customer_id)
    step.take(Notification.customer_id)
    still_open = select(Todo).where(Todo.customer_id == step.survivor.id, Todo.state == "open")
    kept: set[tuple[object, ...]] = set()
    for todo in db.session.scalars(still_open.order_by(Todo.due_at, Todo.id).with_for_update()):
        when = None if todo.message == CONTACT_AGAIN else todo.due_at
        said = (todo.assignee_id, todo.message, when)
        if said in kept:
            todo.complete(clock.now())
        kept.add(said)
