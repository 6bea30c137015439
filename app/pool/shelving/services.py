"""Unshelve customers and shelve them again (POOL-7 … POOL-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.audit.undo.services import undoable
from app.customers.shared import choices
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.models import Customer
from app.customers.shared.notifications import notify_about
from app.customers.shared.parts import unshelve_parts
from app.customers.shared.queries import (
    colleague_for,
    facts_for,
    facts_of,
    get_customer,
    get_customers,
    visible_customers,
)
from app.customers.shared.todos import CONTACT_AGAIN, notify_handler, viewing_time
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import OUT_OF_REACH, Decision, Invalid
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_
from app.notices import services as notices
from app.pool.holding.policies import below_ceiling
from app.pool.holding.services import lock_private_count
from app.pool.shared.changes import changes_since, holding_state
from app.pool.shared.permissions import PoolPermission
from app.pool.shelving import policies
from app.pool.shelving.choices import SHELVED_AS
from app.pool.shelving.models import ShelfLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.audit.models import AuditHead
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

_REMARK_METHOD = "other"


@dataclass(frozen=True)
class Unshelving:
    """The reason to unshelve customers, and the time of the next contact."""

    reason: str
    remark: str | None = None
    next_contact_at: datetime | None = None

    def check(self) -> None:
        """Check the reason and the next contact.

        :raises Invalid: for an unknown reason or a next contact that is not ahead.
        """
        if not choices.UNSHELVE_REASON.offers(self.reason):
            raise Invalid(reason=_("Not one of the choices"))
        if self.next_contact_at is not None and self.next_contact_at <= clock.now():
            raise Invalid(next_contact_at=_("This must be in the future"))


@transactional
def unshelve_customer(
    pk: int,
    *,
    reason: str,
    remark: str | None = None,
    next_contact_at: datetime | None = None,
    actor: Actor,
) -> Customer:
    """Unshelve a customer (POOL-7, POOL-8); a private one is released in the same step.

    ``reason`` is a code of the reasons to unshelve. A next contact makes a to-do for the owner of a personal
    customer, else for the person who unshelves.

    :raises Invalid: for an unknown reason, or a next contact in the past.
    :raises Denied: 403 by rule; ``pool.already_off_shelf``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    why = Unshelving(reason, remark, next_contact_at)
    why.check()
    policies.can_unshelve(actor, customer, facts_for(customer, actor)).enforce()
    with undoable(PoolPermission.UNSHELVE, [customer], actor):
        unshelve_parts([customer], actor)
        _unshelve(customer, why, actor, audit.lock_heads([customer])[customer.id])
    return customer


@transactional
def unshelve_customers(
    pks: Sequence[int],
    *,
    reason: str,
    remark: str | None = None,
    next_contact_at: datetime | None = None,
    actor: Actor,
) -> dict[int, Decision]:
    """Unshelve the customers that the rules allow, in one transaction: id → verdict; each has its own log."""
    why = Unshelving(reason, remark, next_contact_at)
    why.check()
    customers = get_customers(pks, actor=actor)
    facts, heads = facts_of(customers, actor, complete=True), audit.lock_heads(customers)
    verdicts = dict.fromkeys(pks, OUT_OF_REACH)
    verdicts |= {one.id: policies.can_unshelve(actor, one, facts[one.id]) for one in customers}
    chosen = [customer for customer in customers if verdicts[customer.id]]
    with undoable(PoolPermission.UNSHELVE, chosen, actor, owner="customer_id"):
        unshelve_parts(chosen, actor)
        for customer in chosen:
            _unshelve(customer, why, actor, heads[customer.id])
    return verdicts


def _unshelve(customer: Customer, why: Unshelving, actor: Actor, head: AuditHead) -> None:
    moment = clock.now()
    before, responsible = (
        holding_state(customer),
        customer.owner or customer.private_holder or customer.handler,
    )
    customer.unshelve(
        by_id=actor.staff_id,
        department_id=actor.department_id,
        moment=moment,
        next_contact_at=why.next_contact_at,
    )
    _log(customer, "unshelve", actor, moment, why=why)
    audit.append(
        head,
        actor,
        "pool.unshelve",
        customer,
        N_("Unshelved: %(reason)s"),
        changes_since(before, customer),
        reason=Coded(choices.UNSHELVE_REASON, why.reason),
    )
    if responsible is not None and responsible.id != actor.id:
        notify_about(customer, responsible.id, N_("%(who)s took %(name)s off the shelf"), actor)
    if why.next_contact_at is not None:
        notices.add_todo(
            customer.owner_id or actor.id,
            CONTACT_AGAIN,
            due_at=why.next_contact_at,
            customer_id=customer.id,
            name=customer.name,
        )


@transactional
def shelve_customer(
    pk: int,
    *,
    remark: str,
    follow_status: str | None = None,
    handler_id: int | None = None,
    viewing_booked: bool = False,
    viewing_at: datetime | None = None,
    actor: Actor,
) -> Customer:
    """Shelve an off-shelf customer again (POOL-9 … POOL-11).

    Personal: ``following`` (the default) or ``pending``, handled by its owner. Platform: with the actor as
    handler it is followed and held privately, within the ceiling; with a colleague it is pending with them.
    The remark is also among the follow-ups. A booked viewing makes a to-do of the handler, also for oneself,
    due at ``viewing_at`` or in 24 hours.

    :raises Invalid: for a handler where the owner handles, a status where the handler decides it, no handler.
    :raises Denied: 403 by rule; ``pool.not_off_shelf``; ``pool.ceiling``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    handler = _handler_of(customer, follow_status, handler_id, actor)
    viewing = viewing_time(booked=viewing_booked, at=viewing_at)
    mine = customer.pool == "platform" and handler is not None and handler.id == actor.id
    if mine:
        lock_private_count(actor.id)
    facts = facts_for(customer, actor)
    policies.can_shelve(actor, customer, facts).enforce()
    if mine:
        below_ceiling(facts).enforce()
    with undoable(PoolPermission.SHELVE, [customer], actor):
        _shelve(customer, handler, remark, actor, mine=mine)
        notify_handler(customer, handler, actor, viewing_at=viewing)
        _tell_owner(customer, actor)
    return customer


def _tell_owner(customer: Customer, actor: Actor) -> None:
    """Notify the owner of a personal customer that another person shelved it again."""
    if customer.owner_id is not None and customer.owner_id not in {actor.id, customer.handler_id}:
        notify_about(
            customer, customer.owner_id, N_("%(who)s put your customer %(name)s back on the shelf"), actor
        )


def share_by_pool(
    pks: Sequence[int], values: Mapping[str, Any], actor: Actor
) -> dict[int, Mapping[str, Any]]:
    """Return the part of a batch's form that each customer takes: the status for personal ones, the handler
    for those of the platform (POOL-9, POOL-10).
    """
    chosen = visible_customers(actor).where(id_in(Customer.id, pks))
    pools = db.session.execute(chosen.with_only_columns(Customer.id, Customer.pool)).all()
    foreign = {"personal": "handler_id", "platform": "follow_status"}
    return {
        pk: {name: value for name, value in values.items() if name != foreign[pool]} for pk, pool in pools
    }


def _handler_of(
    customer: Customer, follow_status: str | None, handler_id: int | None, actor: Actor
) -> Staff | None:
    if customer.pool == "personal":
        if handler_id is not None:
            raise Invalid(handler_id=_("The owner handles a personal customer"))
        if follow_status not in {None, *SHELVED_AS.codes}:
            raise Invalid(follow_status=_("Not one of the choices"))
        return customer.owner if follow_status == "pending" else None
    if follow_status is not None:
        raise Invalid(follow_status=_("The handler decides the status of a platform customer"))
    if handler_id is None:
        raise Invalid(handler_id=_("A platform customer needs a handler"))
    return colleague_for(customer, handler_id, field="handler_id", actor=actor)


def _shelve(customer: Customer, handler: Staff | None, remark: str, actor: Actor, *, mine: bool) -> None:
    moment, before = clock.now(), holding_state(customer)
    customer.shelve(
        by_id=actor.staff_id,
        department_id=actor.department_id,
        moment=moment,
        handler=None if mine else handler,
    )
    if mine and handler is not None:
        customer.privatize(handler, moment)
    _log(customer, "shelve", actor, moment, handler_id=handler.id if handler else None, remark=remark)
    if actor.staff_id is not None:
        _write_remark(customer, remark, actor, moment)
    audit.record(
        actor,
        "pool.shelve",
        customer,
        N_("Shelved: %(remark)s"),
        changes_since(before, customer),
        remark=remark,
    )


def _write_remark(customer: Customer, remark: str, actor: Actor, moment: datetime) -> None:
    db.session.add(
        FollowUp(
            customer_id=customer.id,
            author_id=actor.id,
            content=remark,
            method=_REMARK_METHOD,
            counts=False,
            created_at=moment,
        )
    )
    customer.note_remark(moment)


def _log(
    customer: Customer,
    action: str,
    actor: Actor,
    moment: datetime,
    *,
    handler_id: int | None = None,
    remark: str | None = None,
    why: Unshelving | None = None,
) -> None:
    db.session.add(
        ShelfLog(
            customer_id=customer.id,
            company_id=customer.company_id,
            action=action,
            staff_id=actor.id,
            staff_name=actor.name,
            department_id=actor.department_id,
            handler_id=handler_id,
            reason=why.reason if why else None,
            remark=why.remark if why else remark,
            next_contact_at=why.next_contact_at if why else None,
            created_at=moment,
        )
    )
