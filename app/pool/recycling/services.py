"""Put personal customers into the public pool: by hand, or by the job when left alone (POOL-19, POOL-23)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.customers.duplicates.places import NumberPlace
from app.customers.duplicates.services import check_number, claim_number
from app.customers.numbers.lookups import typed_number
from app.customers.shared.hindrances import hindrances_of
from app.customers.shared.models import Customer
from app.customers.shared.parts import recycle_parts
from app.customers.shared.queries import PEOPLE, facts_for, get_customer
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.text import clean_line
from app.kernel.translation import N_
from app.notices import services as notices
from app.notices.queries import was_notified
from app.org.shared.models import Department
from app.pool.public_pool.services import open_entry
from app.pool.recycling import policies
from app.pool.recycling.policies import rule_for
from app.pool.recycling.queries import due_within, rules_of, staying, target_of
from app.pool.recycling.settings import RECYCLING_WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

BATCH = 50  # customers in a transaction, so that none lasts long
MAX_REASON = 200
RECYCLED = N_("%(name)s went into the public pool: nobody followed it up for %(days)s days")
WARNING = N_("%(name)s goes into the public pool after %(day)s unless you follow it up")
BY_HAND = N_("Put into the public pool: %(reason)s")
LEFT_ALONE = N_("Put into the public pool: not followed up for %(days)s days")


@transactional
def recycle_to_pool(pk: int, *, reason: str, actor: Actor) -> Customer:
    """Put a personal customer into the public pool of its owner's department (POOL-19).

    :raises Invalid: without a reason.
    :raises Denied: 403 by rule; ``pool.not_personal``, ``pool.off_shelf``, ``pool.must_stay`` with the
        reason, ``customer.duplicate``.
    """
    text = clean_line(reason)[:MAX_REASON]
    if not text:
        raise Invalid(reason=_("This field is required"))
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_recycle(actor, customer, facts_for(customer, actor)).enforce()
    kept = hindrances_of([pk]).get(pk)
    if kept:
        conflict("pool.must_stay", kept).enforce()
    department, former = customer.department, customer.owner
    if customer.phone:
        with typed_number(customer.phone, "transfer", actor):
            place = NumberPlace("platform", department.id)
            check_number(customer.phone.index or "", place, actor, exclude=pk)
    _recycle(customer, department, "manual", actor)
    claim_number(customer, NumberPlace("platform", department.id))
    audit.record(actor, "pool.recycle", customer, BY_HAND, _changes(former), reason=text)
    if former is not None and former.id != actor.id:
        notices.notify(
            former.id,
            N_("%(who)s put your customer %(name)s into the public pool: %(reason)s"),
            customer_id=pk,
            who=actor.name,
            name=customer.name,
            reason=text,
        )
    return customer


def _recycle(customer: Customer, department: Department, reason: str, actor: Actor) -> None:
    """Take the customer from its owner, and end what does not go along (CUST-32)."""
    owner_id = customer.owner_id
    customer.recycle(department, clock.now())
    customer.bump()
    recycle_parts([customer], actor)
    open_entry(customer, actor, reason=reason, former_owner_id=owner_id)


def _changes(former: object) -> dict[str, tuple[str, str]]:
    return {"owner": (getattr(former, "name", ""), ""), "pool": ("personal", "platform")}


@dataclass
class Recycled:
    """What a batch did: how many went, how many stayed and why, and the last customer looked at."""

    done: int = 0
    passed_over: dict[int, Sentence] = field(default_factory=dict)
    last_id: int = 0


@transactional
def recycle_left_alone(company_id: int, *, after: int = 0, batch: int = BATCH) -> Recycled:
    """Recycle a company's next customers that are due, deciding again under their locks (POOL-19).

    Customers with a hindrance, and those whose number is taken in the department, stay with their owner.
    """
    rules = rules_of(company_id)
    found = _locked(batch, due_within(company_id, rules, -1), Customer.id > after)
    if not found:
        return Recycled()
    outcome = Recycled(last_id=found[-1].id, passed_over=_staying(found, rules))
    departments = _departments(found, rules)
    going = [customer for customer in found if customer.id not in outcome.passed_over]
    heads = audit.lock_heads(going)
    for customer in going:
        days, former = rule_for(rules, customer).days, customer.owner
        _recycle(customer, departments[customer.id], "inactive_days", SYSTEM)
        claim_number(customer, NumberPlace("platform", customer.department_id))
        changes = _changes(former)
        audit.append(heads[customer.id], SYSTEM, "pool.recycle", customer, LEFT_ALONE, changes, days=days)
        if former is not None:
            notices.notify(former.id, RECYCLED, customer_id=customer.id, name=customer.name, days=days)
    outcome.done = len(going)
    return outcome


def _staying(customers: Sequence[Customer], rules: Sequence[policies.IdleRule]) -> dict[int, Sentence]:
    """Return why customers that are due stay with their owner, under the locks of their numbers."""
    lock(*(f"phone:{one.phone.index}" for one in customers if one.phone), share=DEDUPE_MODE.name)
    return staying({one.id: (one.phone.index, target_of(one, rules)) for one in customers})


def _departments(customers: Sequence[Customer], rules: Sequence[policies.IdleRule]) -> dict[int, Department]:
    return {one.id: db.session.get_one(Department, target_of(one, rules)) for one in customers}


@transactional
def warn_owners(company_id: int, *, after: int = 0, batch: int = 4 * BATCH) -> Recycled:
    """Warn owners of customers that are recycled within the days of the setting, once each (POOL-19)."""
    before = RECYCLING_WARNING.get()
    if not before:
        return Recycled()
    rules = rules_of(company_id)
    notified = was_notified(WARNING, Customer.id, Customer.owner_id, since=Customer.idle_since)
    due = due_within(company_id, rules, -1)
    found = _locked(batch, due_within(company_id, rules, before), ~due, ~notified, Customer.id > after)
    for customer in found:
        days = rule_for(rules, customer).days
        idle = customer.idle_since or clock.now()
        last = clock.to_local(idle).date() + timedelta(days=days)
        notices.notify(customer.owner_id or 0, WARNING, customer_id=customer.id, name=customer.name, day=last)
    return Recycled(done=len(found), last_id=found[-1].id if found else 0)


def _locked(batch: int, *conditions: ColumnElement[bool]) -> Sequence[Customer]:
    found = select(Customer).where(*conditions).order_by(Customer.id).limit(batch).options(*PEOPLE)
    found = found.with_for_update(of=Customer, skip_locked=True)
    with unscoped("the clocks of the pool run for every customer (POOL-19)"):
        return db.session.scalars(found.execution_options(populate_existing=True)).unique().all()
