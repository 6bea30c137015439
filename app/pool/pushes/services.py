"""Push a customer to a colleague, and answer, withdraw or end the push (POOL-16, POOL-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select

from app.audit import services as audit
from app.customers.numbers.lookups import typed_number
from app.customers.numbers.policies import can_reveal_phone
from app.customers.shared.models import Customer, Push
from app.customers.shared.notifications import notify_about
from app.customers.shared.policies import meets_demand
from app.customers.shared.queries import colleague_for, facts_for, get_customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import conflict
from app.kernel.translation import N_
from app.org.sessions.actors import actor_of_colleague
from app.pool.pushes import policies
from app.pool.pushes.queries import get_push

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.customers.shared.parts import HandOver, Merge
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.org.shared.models import Staff

_RECEIVER = "receiver_id"


@transactional
def push_customer(pk: int, *, receiver_id: int, remark: str | None = None, actor: Actor) -> Push:
    """Push the customer to a colleague and notify them (POOL-16); until they accept, they read the basics
    only.

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: 403 by rule; 409 for oneself, an open or accepted push, a receiver who has the number, or
        one who sees the customer anyway.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    receiver = colleague_for(customer, receiver_id, field=_RECEIVER, actor=actor)
    policies.can_push(actor, customer, facts_for(customer, actor)).enforce()
    _check_receiver(customer, receiver, actor)
    made = Push(
        customer=customer,
        sender_id=actor.id,
        sender_department_id=actor.department_id,
        receiver=receiver,
        receiver_department_id=receiver.department_id,
        state="pending",
        remark=remark,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "pool.push", customer, N_("Pushed to %(receiver)s"), receiver=receiver.name)
    message = N_("%(who)s pushed the customer %(name)s to you")
    notify_about(customer, receiver.id, message, actor, body=remark or "", about=made)
    _tell_responsible(made, N_("%(who)s offered your customer %(name)s to %(receiver)s"), actor)
    return made


def _check_receiver(customer: Customer, receiver: Staff, actor: Actor) -> None:
    """Refuse oneself, and receivers with a push, with the number or with access already (POOL-16)."""
    if receiver.id == actor.id:
        conflict("pool.push_self", _("You cannot push a customer to yourself"), field=_RECEIVER).enforce()
    before = select(Push.state).where(
        Push.customer_id == customer.id,
        Push.receiver_id == receiver.id,
        Push.state.in_(["pending", "accepted"]),
    )
    state = db.session.scalar(before.order_by(Push.state).limit(1))
    if state is not None:
        already_pushed(state).enforce()
    if customer.pool == "platform":
        _refuse_seeing(customer, receiver)
    _refuse_number(customer, receiver, actor)


def _refuse_seeing(customer: Customer, receiver: Staff) -> None:
    """Refuse a receiver who may reveal the number anyway, with the reason (POOL-16)."""
    reach = actor_of_colleague(receiver.id)
    facts = facts_for(customer, reach)
    if meets_demand(reach, customer, facts) and not customer.is_private:
        sentence = _(
            "%(name)s is responsible for the demand's districts and sees it anyway", name=receiver.name
        )
    elif can_reveal_phone(reach, customer, facts):
        sentence = _("%(name)s may see the number of this customer anyway", name=receiver.name)
    else:
        return
    conflict("pool.receiver_sees", sentence, field=_RECEIVER).enforce()


def already_pushed(state: str = "pending") -> Decision:
    """Refuse a customer that was already pushed to this colleague."""
    if state == "accepted":
        message = _("A push of this customer to this colleague was accepted already")
        return conflict("pool.push_accepted_before", message, field=_RECEIVER)
    return conflict("pool.push_open", _("A push to this colleague waits for an answer"), field=_RECEIVER)


def _refuse_number(customer: Customer, receiver: Staff, actor: Actor) -> None:
    """Refuse a receiver who has a customer with that number, decided under the number's lock (POOL-16).

    For a personal customer "has" is owning or privately holding, this very one too; for a platform customer
    owning. The refusal tells of the receiver's numbers: it is one look-up of the actor's (ACC-17).
    """
    if receiver.id == customer.owner_id:
        _receiver_has_customer(receiver).enforce()
    if customer.phone:
        with typed_number(customer.phone, "push", actor):
            _compare(customer, receiver)


def _compare(customer: Customer, receiver: Staff) -> None:
    lock(f"phone:{customer.phone.index}")
    has = and_(Customer.pool == "personal", Customer.owner_id == receiver.id)
    if customer.pool == "personal":
        has = or_(has, Customer.private_holder_id == receiver.id)
    same = select(Customer.id).where(
        Customer.phone_index == customer.phone.index,
        Customer.deleted_at.is_(None),
        has,
    )
    with unscoped("a push is refused to who has the number, whoever asks (POOL-16)"):
        found = db.session.scalar(same.limit(1))
    if found is not None:
        _receiver_has_customer(receiver).enforce()


def _receiver_has_customer(receiver: Staff) -> Decision:
    sentence = _("%(name)s has a customer with this number", name=receiver.name)
    return conflict("pool.receiver_has", sentence, field=_RECEIVER)


@transactional
def accept_push(pk: int, *, remark: str | None = None, actor: Actor) -> Push:
    """Accept the push, which makes the receiver a write member of the customer (POOL-17).

    :raises Denied: for any other person; ``pool.push_accepted`` and the like; ``pool.receiver_has``.
    """
    push = get_push(pk, actor=actor, lock=True)
    policies.can_answer_push(actor, push).enforce()
    _refuse_number(push.customer, push.receiver, actor)
    _decide(push, "accepted", N_("Push accepted by %(who)s"), remark, actor)
    _notify(push, push.sender_id, N_("%(who)s accepted your push of %(name)s"), actor)
    _tell_responsible(push, N_("%(receiver)s accepted the push of your customer %(name)s"), actor)
    return push


@transactional
def reject_push(pk: int, *, remark: str | None = None, actor: Actor) -> Push:
    """Reject the push (POOL-17)."""
    push = get_push(pk, actor=actor, lock=True)
    policies.can_answer_push(actor, push).enforce()
    _decide(push, "rejected", N_("Push rejected by %(who)s"), remark, actor)
    _notify(push, push.sender_id, N_("%(who)s rejected your push of %(name)s"), actor)
    return push


@transactional
def withdraw_push(pk: int, *, remark: str | None = None, actor: Actor) -> Push:
    """Withdraw the push while it is open (POOL-17)."""
    push = get_push(pk, actor=actor, lock=True)
    policies.can_withdraw_push(actor, push).enforce()
    _decide(push, "withdrawn", N_("Push withdrawn by %(who)s"), remark, actor)
    _notify(push, push.receiver_id, N_("%(who)s withdrew the push of %(name)s"), actor)
    return push


@transactional
def end_push(pk: int, *, remark: str | None = None, actor: Actor) -> Push:
    """End an accepted push: the receiver is no member any more (POOL-17).

    :raises Denied: 403 for others than the sender and those who decide on the team; 409 by the push's state.
    """
    push = get_push(pk, actor=actor, lock=True)
    policies.can_end_push(actor, push).enforce()
    _end(push, actor)
    for one in {push.sender_id, push.receiver_id} - {actor.id}:
        _notify(push, one, N_("%(who)s ended the push of %(name)s"), actor, body=remark or "")
    _tell_responsible(push, N_("%(who)s ended the push of your customer %(name)s to %(receiver)s"), actor)
    return push


def settle_pushes(step: HandOver) -> None:
    """Withdraw open pushes to the new responsible person, who needs none, and end the accepted ones: members
    from pushes end with the former person's responsibility (POOL-17, CUST-32).
    """
    _withdraw_open([step.customer], step.actor, Push.receiver_id == step.receiver.id)
    accepted = select(Push).where(Push.customer_id == step.customer.id, Push.state == "accepted")
    for push in db.session.scalars(accepted.order_by(Push.id).with_for_update(of=Push)):
        push.customer = step.customer
        _end(push, step.actor)
        if push.receiver_id not in {step.receiver.id, step.actor.id}:
            _notify(push, push.receiver_id, N_("The push of %(name)s ended"), step.actor)


def withdraw_all(customers: Sequence[Customer], actor: Actor) -> None:
    """Withdraw the open pushes of unshelved customers (CUST-32)."""
    _withdraw_open(customers, actor)


def merge_pushes(step: Merge) -> None:
    """Withdraw the open pushes of the merged file; the others become the survivor's history (CUST-9).

    A receiver who accepted both files is a member by one push: the merged file's ends.
    """
    _withdraw_open([step.merged], step.actor)
    accepted = select(Push).where(
        Push.customer_id.in_([step.survivor.id, step.merged.id]), Push.state == "accepted"
    )
    pushes = db.session.scalars(accepted.order_by(Push.id).with_for_update(of=Push)).all()
    known = {push.receiver_id for push in pushes if push.customer_id == step.survivor.id}
    for push in pushes:
        if push.customer_id == step.merged.id and push.receiver_id in known:
            push.customer = step.merged
            _end(push, step.actor)
    members = {push.receiver_id for push in pushes} - known
    if members:
        _withdraw_open([step.survivor], step.actor, id_in(Push.receiver_id, members))
    step.take(Push.customer_id)


def _withdraw_open(customers: Sequence[Customer], actor: Actor, *conditions: ColumnElement[bool]) -> None:
    known = {customer.id: customer for customer in customers}
    waiting = select(Push).where(id_in(Push.customer_id, known), Push.state == "pending", *conditions)
    for push in db.session.scalars(waiting.order_by(Push.id).with_for_update(of=Push)):
        push.customer = known[push.customer_id]
        _decide(push, "withdrawn", N_("Push withdrawn by %(who)s"), None, actor)
        for end in {push.sender_id, push.receiver_id} - {actor.id}:
            _notify(push, end, N_("The push of %(name)s was withdrawn"), actor)


def _tell_responsible(push: Push, message: str, actor: Actor) -> None:
    """Notify owner or holder when another person pushes their customer, and when it is accepted (POOL-17)."""
    responsible = push.customer.owner_id or push.customer.private_holder_id
    if responsible not in {None, actor.id, push.sender_id, push.receiver_id}:
        notify_about(push.customer, responsible, message, actor, receiver=push.receiver.name)


def _decide(push: Push, state: str, message: str, remark: str | None, actor: Actor) -> None:
    before = push.state
    push.decide(state, clock.now(), remark)
    audit.record(
        actor, f"pool.push_{state}", push.customer, message, {"push": (before, state)}, who=actor.name
    )


def _end(push: Push, actor: Actor) -> None:
    push.end(clock.now())
    audit.record(
        actor,
        "pool.push_ended",
        push.customer,
        N_("Push to %(receiver)s ended by %(who)s"),
        {"push": ("accepted", "ended")},
        who=actor.name,
        receiver=push.receiver.name,
    )


def _notify(push: Push, recipient_id: int, message: str, actor: Actor, *, body: str | None = None) -> None:
    words = (push.answer or "") if body is None else body
    notify_about(push.customer, recipient_id, message, actor, body=words, kind=Push.__audit__)
