"""Queries of follow-ups: always scoped to the actor (POOL-18, ACC-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, false, literal_column, select
from sqlalchemy.orm import joinedload

from app.customers.follow_ups.policies import sees_private_follow_ups
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.queries import facts_of, get_customer, in_data_scope, sees_history
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.grounds import narrow_to_grounds

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_FOLLOW = FollowUp.__table__.c
COUNTED: ColumnElement[bool] = literal_column("follow_up.counts")  # bare, so that an index alone answers it


def follow_ups_in_scope(actor: Actor) -> Select[FollowUp]:
    """Select follow-ups written by the actor and people in their data scope (ACC-5)."""
    statement = select(FollowUp).where(COUNTED)
    return (
        statement
        if actor.opens_all
        else narrow_to_grounds(statement, [in_data_scope(_FOLLOW.author_id, actor)])
    )


def visible_follow_ups(customer: Customer, actor: Actor) -> Select[FollowUp]:
    """Select the follow-ups of a customer that the actor may read.

    None while they know it only through a pending push (POOL-17); a private holder's own are restricted
    (POOL-18).
    """
    statement = select(FollowUp).where(FollowUp.customer_id == customer.id)
    if not sees_history(customer, actor):
        statement = statement.where(false())
    if customer.is_private and not sees_private_follow_ups(
        actor, customer, facts_of([customer], actor)[customer.id]
    ):
        statement = statement.where(FollowUp.created_at < customer.privatized_at)
    return statement.options(joinedload(FollowUp.author))


def open_follow_up(pk: int, actor: Actor) -> FollowUp:
    """Return a follow-up that the actor may read (POOL-18).

    :raises NotFound: when its customer is out of reach, or it is a private holder's own.
    """
    customer_id = db.session.scalar(select(FollowUp.customer_id).where(FollowUp.id == pk))
    if customer_id is None:
        raise NotFound
    customer = get_customer(customer_id, actor=actor)
    return get_one(visible_follow_ups(customer, actor).where(FollowUp.id == pk))
