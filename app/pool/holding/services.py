"""Hold platform customers privately, release them, and name handlers (POOL-12 … POOL-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.audit.undo.services import undoable
from app.customers.numbers.alerts import RELEASE, report_reveal_before_release
from app.customers.shared.notifications import notify_about
from app.customers.shared.parts import HandOver, hand_over
from app.customers.shared.queries import colleague_for, facts_for, get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import conflict
from app.kernel.translation import N_
from app.org.shared.models import Staff
from app.pool.holding import policies
from app.pool.public_pool.services import close_entry
from app.pool.shared.changes import changes_since, holding_state
from app.pool.shared.permissions import PoolPermission

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def lock_private_count(staff_id: int) -> None:
    """Lock the person's count of private customers until the transaction ends (POOL-12)."""
    lock(f"holding:{staff_id}")


@transactional
def privatize_customer(pk: int, *, actor: Actor) -> Customer:
    """Reserve a platform customer for oneself (POOL-12). Of several at once the first wins.

    :raises Denied: 403 by rule; ``pool.already_private`` with the holder's name, ``pool.ceiling`` and others.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    lock_private_count(actor.id)
    policies.can_privatize(actor, customer, facts_for(customer, actor)).enforce()
    before = holding_state(customer)
    with undoable(PoolPermission.PRIVATIZE, [customer], actor):
        customer.privatize(db.session.get_one(Staff, actor.id), clock.now())
        close_entry(customer, "claimed", actor)
        audit.record(actor, "pool.privatize", customer, N_("Held privately"), changes_since(before, customer))
    return customer


@transactional
def publicize_customer(pk: int, *, actor: Actor) -> Customer:
    """Release a privately held customer to all of its department and notify the holder (POOL-13)."""
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_publicize(actor, customer, facts_for(customer, actor)).enforce()
    before, holder_id = holding_state(customer), customer.private_holder_id
    report_reveal_before_release(customer, actor)
    with undoable(PoolPermission.PUBLICIZE, [customer], actor):
        customer.publicize()
        audit.record(actor, RELEASE, customer, N_("Released to the public"), changes_since(before, customer))
        if holder_id is not None and holder_id != actor.id:
            message = N_("%(who)s released %(name)s, which you held privately")
            notify_about(customer, holder_id, message, actor)
    return customer


@transactional
def assign_customer(pk: int, *, handler_id: int, actor: Actor) -> Customer:
    """Name another handler of a pending platform customer and notify both (POOL-14).

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: 403 by rule; ``pool.not_pending``, ``pool.personal``, ``pool.same_handler``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    handler = colleague_for(customer, handler_id, field="handler_id", actor=actor)
    policies.can_assign(actor, customer, facts_for(customer, actor)).enforce()
    before, former_id = holding_state(customer), customer.handler_id
    if former_id == handler.id:
        conflict("pool.same_handler", _("This is the present handler already"), field="handler_id").enforce()
    by = {"by_id": actor.staff_id, "department_id": actor.department_id}
    with undoable(PoolPermission.ASSIGN, [customer], actor):
        customer.assign_to(handler, **by, moment=clock.now())
        hand_over(HandOver(customer, former_id, handler, actor))
        message, changes = N_("Assigned to %(handler)s"), changes_since(before, customer)
        audit.record(actor, "pool.assign", customer, message, changes, handler=handler.name)
        _notify_handler(customer, handler, former_id, actor)
    return customer


def _notify_handler(customer: Customer, handler: Staff, former_id: int | None, actor: Actor) -> None:
    notify_about(customer, handler.id, N_("%(who)s assigned the customer %(name)s to you"), actor)
    if former_id is not None:
        notify_about(
            customer,
            former_id,
            N_("%(who)s assigned your customer %(name)s to %(handler)s"),
            actor,
            handler=handler.name,
        )
