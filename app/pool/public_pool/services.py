"""The public pool: customers that any colleague may take (POOL-2, POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import conflict
from app.pool.public_pool.models import PoolEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def open_entry(customer: Customer, actor: Actor, *, reason: str = "manual") -> PoolEntry:
    """Put a platform customer without a handler into the public pool, in the caller's transaction."""
    made = PoolEntry(
        customer_id=customer.id,
        company_id=customer.company_id,
        department_id=customer.department_id,
        reason=reason,
        state="available",
        created_by_id=actor.staff_id,
        created_at=clock.now(),
    )
    db.session.add(made)
    return made


def close_entry(customer: Customer, state: str, actor: Actor, *, new_owner_id: int | None = None) -> None:
    """End the customer's time in the public pool, if it is there (POOL-20)."""
    close_entries([customer], state, actor, new_owner_id)


def close_entries(
    customers: Sequence[Customer], state: str, actor: Actor, new_owner_id: int | None = None
) -> None:
    """Close the open entries of customers, for the reason given."""
    ids = [customer.id for customer in customers]
    waiting = select(PoolEntry).where(id_in(PoolEntry.customer_id, ids), PoolEntry.state == "available")
    for entry in db.session.scalars(waiting.order_by(PoolEntry.id).with_for_update()):
        entry.decide(state, clock.now(), by_id=actor.staff_id, new_owner_id=new_owner_id)


def in_pool_already() -> Decision:
    """Refuse a customer that is already in the public pool."""
    return conflict("pool.entry_open", _("This customer is in the public pool already"))


def withdraw_entries(customers: Sequence[Customer], actor: Actor) -> None:
    """Take customers out of the public pool."""
    close_entries(customers, "withdrawn", actor)


def merge_entries(step: Merge) -> None:
    """Close the open entry of the merged file; all become the survivor's history (CUST-9)."""
    withdraw_entries([step.merged], step.actor)
    step.take(PoolEntry.customer_id)
