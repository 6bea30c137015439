"""Queries of pairs that are probably one customer, and of merges (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.customers.merging.models import CustomerMerge, DuplicatePair
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_P = DuplicatePair.__table__.c
_PEOPLE = ("owner", "handler", "private_holder", "department")
BOTH_FILES = tuple(
    joinedload(side).joinedload(getattr(Customer, name))
    for side in (DuplicatePair.a, DuplicatePair.b)
    for name in _PEOPLE
)


def visible_pairs(actor: Actor) -> Select[DuplicatePair]:
    """Select the pairs of which the actor can open both files; merged files are in none."""
    openable = visible_customers(actor).with_only_columns(Customer.__table__.c.id)
    return scoped(select(DuplicatePair).where(_P.a_id.in_(openable), _P.b_id.in_(openable)))


def open_pairs(actor: Actor) -> Select[DuplicatePair]:
    """Select those that nobody decided yet."""
    return visible_pairs(actor).where(_P.state == "open")


def dismissed_pairs(actor: Actor) -> Select[DuplicatePair]:
    """Select those that were declared different customers."""
    return visible_pairs(actor).where(_P.state == "dismissed")


def get_pair(pk: int, *, actor: Actor) -> DuplicatePair:
    """Return a pair with both files."""
    return get_one(visible_pairs(actor).where(DuplicatePair.id == pk).options(*BOTH_FILES))


def merges_into(customer: Customer, _actor: Any = None) -> Select[CustomerMerge]:
    """Select the files that are part of a customer that the caller has loaded."""
    return scoped(
        select(CustomerMerge)
        .where(CustomerMerge.survivor_id == customer.id, CustomerMerge.undone_at.is_(None))
        .options(joinedload(CustomerMerge.merged), joinedload(CustomerMerge.by))
    )
