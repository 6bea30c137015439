"""Queries of business records: always scoped to the actor, marked for the guard (CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer
from app.customers.shared.policies import NO_FACTS, Facts
from app.customers.shared.queries import facts_of, fully_open_customers, sees_history
from app.deals.shared.models import BusinessRecord
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

R = TypeVar("R", bound=BusinessRecord)


def with_people(model: type[BusinessRecord]) -> tuple[Any, ...]:
    """Return the options that load what lists and rules read beside the record: its owner, and its customer
    with the people responsible.
    """
    customer = joinedload(model.customer)
    return (
        joinedload(model.owner),
        customer.joinedload(Customer.owner),
        customer.joinedload(Customer.handler),
        customer.joinedload(Customer.private_holder),
    )


def records_in_scope(model: type[R], actor: Actor) -> Select[R]:
    """Select the records of customers that the actor may open in full, and those that they own or wrote."""
    statement = scoped(select(model))
    if actor.opens_all:
        return statement
    table = model.__table__.c
    open_customers = fully_open_customers(actor).with_only_columns(Customer.__table__.c.id)
    grounds = [
        AccessGround(None, table.owner_id, (actor.id,)),
        AccessGround(None, table.created_by_id, (actor.id,)),
        AccessGround(table.customer_id.in_(open_customers)),
    ]
    return narrow_to_grounds(statement, grounds)


def get_record(model: type[R], pk: int, *, actor: Actor, lock: bool = False) -> R:
    """Return a record that the actor may see, with its customer and owner; locked for a change if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = records_in_scope(model, actor).where(model.id == pk).options(*with_people(model))
    return get_one(statement, lock=lock, of=(model,))


def records_of(model: type[R], customer: Customer, actor: Actor) -> Select[R]:
    """Select the records of one customer: all for who opens it in full, else those they own or wrote."""
    found = scoped(select(model).where(model.customer_id == customer.id))
    if not sees_history(customer, actor):
        found = found.where(or_(model.owner_id == actor.id, model.created_by_id == actor.id))
    return found.options(joinedload(model.owner))


def customer_facts(records: Sequence[BusinessRecord], actor: Actor) -> Mapping[int, Facts]:
    """Return what the rules need about the customers of the records, by record, in one statement."""
    customers = {one.customer_id: one.customer for one in records}
    found = facts_of([*customers.values()], actor)
    return {one.id: found.get(one.customer_id, NO_FACTS) for one in records}


def facts_for(record: BusinessRecord, actor: Actor) -> Facts:
    """Return what the rules need about the customer of one record."""
    return customer_facts([record], actor)[record.id]
