"""The public pool: customers that any colleague may take (POOL-2, POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.customers.duplicates.places import number_place_of_owner
from app.customers.duplicates.services import check_number, claim_number
from app.customers.numbers.lookups import typed_number
from app.customers.shared.notifications import notify_about
from app.customers.shared.parts import HandOver, hand_over
from app.customers.shared.queries import colleague_for, get_customer
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import NotFound, conflict
from app.kernel.translation import N_
from app.org.shared.models import Staff
from app.pool.public_pool import policies
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.queries import claim_facts, count_held, knows_entry_of, open_entry_of
from app.pool.public_pool.settings import HELD_CEILING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def open_entry(
    customer: Customer, actor: Actor, *, reason: str = "manual", former_owner_id: int | None = None
) -> PoolEntry:
    """Put a platform customer without a handler into the public pool, in the caller's transaction."""
    moment = clock.now()
    made = PoolEntry(
        customer_id=customer.id,
        company_id=customer.company_id,
        department_id=customer.department_id,
        reason=reason,
        state="available",
        original_owner_id=former_owner_id,
        created_by_id=actor.staff_id,
        created_at=moment,
    )
    customer.enter_public_pool(moment)
    db.session.add(made)
    return made


def close_entry(customer: Customer, state: str, actor: Actor) -> None:
    """End the customer's time in the public pool, if it is there (POOL-20)."""
    close_entries([customer], state, actor)


def close_entries(customers: Sequence[Customer], state: str, actor: Actor) -> None:
    """Close the open entries of customers, for the reason given."""
    for customer in customers:
        customer.leave_public_pool()
    ids = [customer.id for customer in customers]
    waiting = select(PoolEntry).where(id_in(PoolEntry.customer_id, ids), PoolEntry.state == "available")
    for entry in db.session.scalars(waiting.order_by(PoolEntry.id).with_for_update()):
        entry.decide(state, clock.now(), by_id=actor.staff_id, new_owner_id=None)


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


@transactional
def claim_from_pool(pk: int, *, actor: Actor) -> Customer:
    """Take a customer out of the public pool as one's own personal customer (POOL-20).

    Of several at once the first wins. The claims of the day and the customers held are counted under the
    person's lock.

    :raises Denied: 403 where the entry is out of reach; ``pool.not_in_pool``, ``pool.was_yours``,
        ``pool.own_department_first``, ``pool.held_ceiling``, ``customer.duplicate``; 429 past the
        day's claims.
    """
    customer = _get_from_pool(pk, actor)
    policies.can_claim(actor, customer).enforce()
    _lock_claims(actor.id)
    policies.within_claim_limits(claim_facts(open_entry_of(customer), actor)).enforce()
    owner = db.session.get_one(Staff, actor.id)
    _take_out(customer, owner, actor, "claimed", N_("Claimed from the public pool"))
    return customer


@transactional
def assign_from_pool(pk: int, *, owner_id: int, actor: Actor) -> Customer:
    """Give a customer of the public pool to a colleague, who is notified (POOL-20).

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: 403 by rule; ``pool.not_in_pool``, ``pool.held_ceiling``, ``customer.duplicate``.
    """
    customer = _get_from_pool(pk, actor)
    owner = colleague_for(customer, owner_id, field="owner_id", actor=actor)
    policies.can_assign_from_pool(actor, customer).enforce()
    _lock_claims(owner.id)
    policies.below_held_ceiling(count_held(owner.id), HELD_CEILING.get(), owner.name).enforce()
    _take_out(customer, owner, actor, "assigned", N_("Assigned from the public pool to %(owner)s"))
    notify_about(customer, owner.id, N_("%(who)s gave you %(name)s from the public pool"), actor)
    return customer


def _get_from_pool(pk: int, actor: Actor) -> Customer:
    """Return the customer, locked; whoever is a moment late learns that another person took it."""
    try:
        return get_customer(pk, actor=actor, lock=True)
    except NotFound:
        if knows_entry_of(pk, actor):
            policies.NOT_IN_POOL.enforce()
        raise


def _lock_claims(staff_id: int) -> None:
    """Lock the person's claims and held customers until the transaction ends."""
    lock(f"claims:{staff_id}")


def _take_out(customer: Customer, owner: Staff, actor: Actor, state: str, message: str) -> None:
    """Make the customer the owner's, where the number allows it (CUST-7), and decide the entry."""
    entry, place = open_entry_of(customer), number_place_of_owner(owner, actor)
    if customer.phone:
        with typed_number(customer.phone, "transfer", actor):
            check_number(customer.phone.index or "", place, actor, exclude=customer.id)
    moment = clock.now()
    department = customer.department.name
    customer.claim(owner, moment)
    entry.decide(state, moment, by_id=actor.staff_id, new_owner_id=owner.id)
    claim_number(customer, place)
    customer.bump()
    hand_over(HandOver(customer, None, owner, actor))
    changes = {"owner": ("", owner.name), "pool": ("platform", "personal")}
    if department != owner.department.name:
        changes["department"] = (department, owner.department.name)
    audit.record(actor, f"pool.{state}", customer, message, changes, owner=owner.name)
