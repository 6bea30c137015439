"""Change the owner of a personal customer (CUST-21, POOL-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete

from app.audit import services as audit
from app.customers.duplicates.places import number_place_of_owner
from app.customers.duplicates.services import check_number, claim_number
from app.customers.numbers.lookups import typed_number
from app.customers.shared.models import Customer, CustomerMember
from app.customers.shared.notifications import notify_about
from app.customers.shared.parts import HandOver, hand_over
from app.customers.shared.queries import colleague_for, facts_for, get_customer
from app.customers.transfers import policies
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import STATE, Decision
from app.kernel.translation import N_
from app.notices import services as notices

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff


@transactional
def transfer_customer(pk: int, *, owner_id: int, reason: str, actor: Actor) -> Customer:
    """Transfer the customer to a colleague; the department follows the new owner.

    The number's claim moves along; a duplicate at the new owner's refuses the transfer (CUST-7). Both are
    notified. A refused transfer is one look-up of the actor's: it tells of the new owner's numbers (ACC-17).

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: 403 by rule; 409 for a platform customer, for its present owner, for one that is held
        where it is (HAND-1), for a duplicate.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    receiver = colleague_for(customer, owner_id, field="owner_id", actor=actor)
    policies.can_transfer(actor, customer, facts_for(customer, actor)).enforce()
    former = customer.owner
    if former is None or former.id == receiver.id:
        _same_owner().enforce()
    change_owner(customer, receiver, actor)
    differences = {"owner": (former.name if former else "", receiver.name)}
    audit.record(
        actor, "customer.transfer", customer, N_("Transferred: %(reason)s"), differences, reason=reason
    )
    _notify(customer, former, receiver, reason, actor)
    return customer


def _same_owner() -> Decision:
    return Decision(
        allowed=False,
        code="customer.same_owner",
        message=_("This is the present owner already"),
        status=STATE,
        field="owner_id",
    )


def change_owner(customer: Customer, receiver: Staff, actor: Actor) -> None:
    """Set the new owner of a locked customer, where the number allows it, and remove them from the team; what
    hangs on the customer goes along (CUST-32).

    :raises Denied: ``customer.duplicate``.
    """
    former_id = customer.owner_id
    place = number_place_of_owner(receiver, actor)
    if customer.phone:
        with typed_number(customer.phone, "transfer", actor):
            check_number(customer.phone.index or "", place, actor, exclude=customer.id)
    customer.transfer_to(receiver, clock.now())
    claim_number(customer, place)
    customer.bump()
    db.session.execute(
        delete(CustomerMember).where(
            CustomerMember.customer_id == customer.id, CustomerMember.staff_id == receiver.id
        )
    )
    hand_over(HandOver(customer, former_id, receiver, actor))


def _notify(customer: Customer, former: Staff | None, receiver: Staff, reason: str, actor: Actor) -> None:
    notify_about(
        customer, receiver.id, N_("%(who)s gave you the customer %(name)s: %(reason)s"), actor, reason=reason
    )
    if former is not None:
        notices.notify(
            former.id,
            N_("Your customer %(name)s went to %(receiver)s: %(reason)s"),
            name=customer.name,
            receiver=receiver.name,
            reason=reason,
        )
