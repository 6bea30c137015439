"""Prepare, review and confirm handovers (HAND-2 … HAND-6, HAND-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import colleague_for
from app.customers.transfers.services import change_owner
from app.handover.handovers import policies
from app.handover.handovers.models import Handover, HandoverItem
from app.handover.handovers.queries import facts_for, get_item, lock_handover
from app.handover.handovers.turns import pass_on, tell
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.handover.handovers.policies import HandoverFacts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

ITEM_ADDED = N_("Checklist item added")
ITEM_CHANGED = N_("Checklist item changed")


@transactional
def add_item(pk: int, *, description: str, kind: str | None = None, actor: Actor) -> HandoverItem:
    """Add something to pass on to the checklist (HAND-2).

    :raises Denied: 403 by rule; 409 once it is prepared.
    """
    handover = _to_change(pk, policies.can_prepare, actor)
    made = HandoverItem(
        handover_id=handover.id,
        kind=kind or "basic_info",
        message="%(text)s",
        parameters={"text": description},
        done=False,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "handover.add_item", handover, ITEM_ADDED, {"item": ("", description)})
    return made


@transactional
def change_item(
    pk: int, item_id: int, *, done: bool | None = None, note: str | None = None, actor: Actor
) -> HandoverItem:
    """Mark an item as done or open, and note what the receiver should know of it (HAND-2).

    :raises NotFound: for an item of another handover.
    :raises Denied: 403 by rule; 409 once it is prepared.
    """
    handover = _to_change(pk, policies.can_prepare, actor)
    item = get_item(handover, item_id)
    changed: dict[str, tuple[object, object]] = {}
    if done is not None and done != item.done:
        changed["done"] = (item.done, done)
        item.mark(done=done, by_id=actor.id, moment=clock.now())
    if note is not None and note != (item.note or ""):
        changed["note"] = (item.note or "", note)
        item.note = note or None
    if changed:
        audit.record(actor, "handover.item", handover, ITEM_CHANGED, changed)
    return item


@transactional
def complete_preparation(pk: int, *, actor: Actor) -> Handover:
    """Hand the prepared checklist to the superior (HAND-4).

    :raises Denied: 403 by rule; 409 by the stage; ``handover.items_open`` with the items not done.
    """
    handover = _to_change(pk, policies.can_complete, actor)
    before = handover.stage
    handover.prepare(actor.id)
    _passed(handover, "complete_preparation", N_("Preparation complete"), before, actor)
    return handover


@transactional
def approve_handover(pk: int, *, actor: Actor) -> Handover:
    """Approve the handover, so that the receiver confirms it (HAND-5).

    :raises Denied: 403 by rule; 409 by the stage.
    """
    handover = _to_change(pk, policies.can_approve, actor)
    before = handover.stage
    handover.approve(actor.id)
    _passed(handover, "approve", N_("Handover approved"), before, actor)
    return handover


@transactional
def send_back_handover(pk: int, *, reason: str, actor: Actor) -> Handover:
    """Send the handover back to preparation, with a reason (HAND-5).

    :raises Denied: 403 by rule; 409 by the stage.
    """
    handover = _to_change(pk, policies.can_send_back, actor)
    before = handover.stage
    handover.send_back(reason)
    _passed(handover, "send_back", N_("Sent back: %(reason)s"), before, actor, reason)
    return handover


@transactional
def decline_handover(pk: int, *, reason: str, actor: Actor) -> Handover:
    """Decline the customer as the receiver, with a reason: back to review (HAND-6).

    :raises Denied: 403 by rule; 409 by the stage.
    """
    handover = _to_change(pk, policies.can_confirm, actor)
    before = handover.stage
    handover.decline(reason)
    _passed(handover, "decline", N_("Declined: %(reason)s"), before, actor, reason)
    return handover


@transactional
def confirm_handover(pk: int, *, actor: Actor) -> Handover:
    """Take the customer as its new owner; what hangs on it goes along (HAND-6, CUST-32).

    It is one transaction: whatever fails, nothing is half-moved.

    :raises Denied: 403 by rule; 409 by the stage; ``customer.duplicate`` where the receiver has the number.
    """
    handover = _to_change(pk, policies.can_confirm, actor)
    customer, former, receiver = handover.customer, handover.former_owner, handover.receiver
    if customer.owner_id != former.id:
        conflict("handover.owner_changed", _("The customer has another owner or none")).enforce()
    before = handover.stage
    handover.confirm(clock.now())
    db.session.flush()  # no open handover is left to be cancelled when the parts go along
    change_owner(customer, receiver, actor)
    _log(handover, "confirm", N_("Handed over to %(receiver)s"), before, actor, receiver=receiver.name)
    owners = {"owner": (former.name, receiver.name)}
    message = N_("Handed over by %(former)s")
    audit.record(actor, "customer.hand_over", customer, message, owners, former=former.name)
    for one in {former.id, handover.approved_by_id or former.id, handover.created_by_id} - {actor.id}:
        notify_about(
            customer, one, N_("%(who)s took over the customer %(name)s"), actor, kind=Handover.__audit__
        )
    return handover


@transactional
def change_receiver(pk: int, *, to_owner_id: int, actor: Actor) -> Handover:
    """Name another receiver while the handover is in review (HAND-9).

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: 403 by rule; 409 by the stage; ``handover.same_owner``.
    """
    handover = _to_change(pk, policies.can_change_receiver, actor)
    receiver = colleague_for(handover.customer, to_owner_id, field="to_owner_id", actor=actor)
    if receiver.id == handover.former_owner_id:
        sentence = _("This is the present owner already")
        conflict("handover.same_owner", sentence, field="to_owner_id").enforce()
    changed = {"receiver": (handover.receiver.name, receiver.name)}
    if receiver.id != handover.receiver_id:
        handover.give_to(receiver)
        message = N_("The receiver is %(receiver)s now")
        audit.record(actor, "handover.change_receiver", handover, message, changed, receiver=receiver.name)
    return handover


@transactional
def cancel_handover(pk: int, *, reason: str, actor: Actor) -> Handover:
    """Cancel an open handover; the customer stays with its owner (HAND-9).

    :raises Denied: 403 by rule; 409 once it has ended.
    """
    handover = _to_change(pk, policies.can_cancel, actor)
    before = handover.stage
    handover.cancel(reason, clock.now())
    _log(handover, "cancel", N_("Cancelled: %(reason)s"), before, actor, reason=reason)
    message = N_("%(who)s cancelled the handover of %(name)s: %(reason)s")
    for one in {handover.former_owner_id, handover.receiver_id} - {actor.id}:
        tell(handover, one, message, who=actor.name, reason=reason)
    return handover


def _to_change(
    pk: int, rule: Callable[[Actor, Handover, HandoverFacts | None], Decision], actor: Actor
) -> Handover:
    handover = lock_handover(pk, actor=actor)
    rule(actor, handover, facts_for(handover, actor)).enforce()
    return handover


def _passed(
    handover: Handover, operation: str, message: str, before: str, actor: Actor, reason: str = ""
) -> None:
    """Log a step, and let the next person act."""
    parameters = {"reason": reason} if reason else {}
    _log(handover, operation, message, before, actor, **parameters)
    pass_on([handover], actor, body=reason)


def _log(
    handover: Handover, operation: str, message: str, before: str, actor: Actor, **parameters: str
) -> None:
    changed = {"stage": (before, handover.stage)}
    audit.record(actor, f"handover.{operation}", handover, message, changed, **parameters)
