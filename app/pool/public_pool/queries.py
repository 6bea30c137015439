"""Queries of the public pool: always scoped to the actor (POOL-3, POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.policies import NOT_IN_POOL, ClaimFacts
from app.pool.public_pool.settings import (
    CLAIMS_A_DAY,
    FORMER_OWNER_DAYS,
    HELD_CEILING,
    OWN_DEPARTMENT_HOURS,
)

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_E = PoolEntry.__table__.c
PEOPLE = (
    joinedload(PoolEntry.customer),
    joinedload(PoolEntry.department),
    joinedload(PoolEntry.original_owner),
    joinedload(PoolEntry.decided_by),
    joinedload(PoolEntry.new_owner),
)


@cached_per_actor
def visible_entries(actor: Actor) -> Select[PoolEntry]:
    """Select the pool's record of one's department, of those below it and of those in scope (POOL-3)."""
    found = scoped(select(PoolEntry))
    if actor.opens_all:
        return found
    return narrow_to_grounds(found, [AccessGround(None, _E.department_id, actor.below | actor.departments)])


@cached_per_actor
def available_entries(actor: Actor) -> Select[PoolEntry]:
    """Select the open entries in reach."""
    return visible_entries(actor).where(_E.state == "available")


@cached_per_actor
def own_claims(actor: Actor) -> Select[PoolEntry]:
    """Select what the actor got from the public pool."""
    return scoped(select(PoolEntry).where(_E.new_owner_id == actor.id))


def get_entry(pk: int, *, actor: Actor) -> PoolEntry:
    """Return an entry in reach.

    :raises NotFound: when there is none.
    """
    return get_one(visible_entries(actor).where(_E.id == pk).options(*PEOPLE))


def knows_entry_of(customer_id: int, actor: Actor) -> bool:
    """Tell whether the actor sees in the pool's record that this customer was there."""
    found = visible_entries(actor).where(_E.customer_id == customer_id).with_only_columns(_E.id).limit(1)
    return db.session.scalar(found) is not None


def open_entry_of(customer: Customer) -> PoolEntry:
    """Return the open entry of a customer, locked.

    :raises Denied: ``pool.not_in_pool``.
    """
    waiting = select(PoolEntry).where(_E.customer_id == customer.id, _E.state == "available")
    found = db.session.scalars(waiting.with_for_update(of=PoolEntry)).one_or_none()
    if found is None:
        NOT_IN_POOL.enforce()
    assert found is not None  # noqa: S101 - enforce raises
    return found


def entries_of(customer: Customer) -> Select[PoolEntry]:
    """Select the customer's times in the public pool."""
    return select(PoolEntry).where(_E.customer_id == customer.id).options(*PEOPLE[1:])


def claim_facts(entry: PoolEntry, actor: Actor) -> ClaimFacts:
    """Return the facts that the limits of claiming read, under the person's lock."""
    today = select(func.count(_E.id)).where(
        _E.new_owner_id == actor.id, _E.state == "claimed", _E.decided_at >= clock.start_of_day()
    )
    return ClaimFacts(
        now=clock.now(),
        since=entry.created_at,
        was_owner=entry.original_owner_id == actor.id,
        is_own_department=entry.department_id == actor.department_id,
        claims=db.session.scalar(today) or 0,
        held=count_held(actor.id),
        claims_a_day=CLAIMS_A_DAY.get(),
        held_ceiling=HELD_CEILING.get(),
        former_owner_days=FORMER_OWNER_DAYS.get(),
        own_department_hours=OWN_DEPARTMENT_HOURS.get(),
    )


def count_held(staff_id: int) -> int:
    """Count the personal customers of a person (POOL-20)."""
    counted = select(func.count(Customer.id)).where(
        Customer.owner_id == staff_id, Customer.deleted_at.is_(None)
    )
    with unscoped("a person's customers are counted before they get another (POOL-20)"):
        return db.session.scalar(counted) or 0
