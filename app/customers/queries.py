"""Queries of customers: always scoped to the actor, marked for the guard (ACC-6, ACC-14, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, false, literal_column, select
from sqlalchemy.orm import joinedload

from app.customers.policies import sees_private_follow_ups
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.queries import facts_of, in_data_scope, sees_history
from app.kernel.lists.grounds import narrow_to_grounds

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

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
