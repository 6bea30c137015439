"""Queries of pushes: always scoped to the actor (POOL-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.customers.shared.models import Customer
from app.customers.shared.pushes import Push
from app.customers.shared.queries import openable_names, sees_history
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db, is_postgres
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

ENDS = (
    joinedload(Push.sender),
    joinedload(Push.sender_department),
    joinedload(Push.receiver),
    joinedload(Push.receiver_department),
)
WITH_CUSTOMER = (*ENDS, joinedload(Push.customer))


@cached_per_actor
def visible_pushes(actor: Actor) -> Select[Push]:
    """Select the pushes that the actor sent or received (POOL-17); all for those who open everything."""
    mine = or_(Push.receiver_id == actor.id, Push.sender_id == actor.id)
    return select(Push) if actor.opens_all else select(Push).where(mine)


@cached_per_actor
def received_pushes(actor: Actor) -> Select[Push]:
    """Select the pushes that the actor received."""
    return select(Push).where(Push.receiver_id == actor.id)


@cached_per_actor
def waiting_pushes(actor: Actor) -> Select[Push]:
    """Select the pushes that wait for the actor's answer."""
    return select(Push).where(Push.receiver_id == actor.id, Push.state == "pending")


@cached_per_actor
def sent_pushes(actor: Actor) -> Select[Push]:
    """Select the pushes that the actor sent."""
    return select(Push).where(Push.sender_id == actor.id)


def get_push(pk: int, *, actor: Actor, lock: bool = False) -> Push:
    """Return a push that the actor sent or received, or of a customer that they can open, with its customer;
    both locked for a change if asked.

    :raises NotFound: when there is none.
    """
    statement = scoped(select(Push).where(Push.id == pk).join(Push.customer))
    statement = statement.options(*ENDS, contains_eager(Push.customer).joinedload(Customer.owner))
    if lock:
        _lock_customer(pk)
    found: Push = get_one(statement, lock=lock, of=(Push, Customer))
    if not _is_open_to(found, actor):
        raise NotFound
    return found


def _lock_customer(pk: int) -> None:
    """Lock the customer first, as all its operations do: two that need both rows do not deadlock."""
    if is_postgres():
        of_push = select(Push.customer_id).where(Push.id == pk).scalar_subquery()
        db.session.execute(scoped(select(Customer.id).where(Customer.id == of_push).with_for_update()))


def _is_open_to(push: Push, actor: Actor) -> bool:
    if actor.opens_all or actor.id in {push.sender_id, push.receiver_id}:
        return True
    reached = openable_names([push.customer_id], actor)
    return bool(reached and sees_history(push.customer, actor))


def pushes_of(customer: Customer, actor: Actor) -> Select[Push]:
    """Select all pushes of a customer; for an actor with a pending push only that one (POOL-17)."""
    found = select(Push).where(Push.customer_id == customer.id).options(*ENDS)
    return found if sees_history(customer, actor) else found.where(Push.receiver_id == actor.id)


def count_waiting(actor: Actor) -> Any:
    """Count the pushes that wait for the actor."""
    return (
        select(func.count())
        .select_from(Push)
        .where(Push.receiver_id == actor.id, Push.state == "pending")
        .scalar_subquery()
    )
