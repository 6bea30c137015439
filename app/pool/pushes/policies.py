"""Who may push a customer, and answer, withdraw or end a push: pure rules (POOL-16, POOL-17).

Each rule checks first whether the actor may (403), then whether the state allows it (409), as ACC-6 orders
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.numbers.policies import can_reveal_phone
from app.customers.shared.policies import Facts, answers_for, takes_business
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.customers.shared.pushes import Push
    from app.kernel.access.actor import Actor


def can_push(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-16: personal by scope over the owner; platform by the holder's side, else by people who may reveal
    it.
    """
    if actor.staff_id is None:
        return forbidden("pool.no_staff", _("Only staff can push customers"))
    verdict = _may_push(actor, customer, facts)
    if verdict and customer.pool == "platform" and customer.follow_status == "off_shelf":
        return conflict("pool.off_shelf", _("This customer is off shelf"))
    return takes_business(customer) if verdict else verdict


def _may_push(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    person = customer.owner or customer.private_holder
    if person is None:
        return can_reveal_phone(actor, customer, facts)
    if actor.has_scope_over(person):
        return ALLOW
    if customer.is_private:
        return forbidden("customer.held_by_another", _("This customer is reserved for a colleague"))
    return forbidden("pool.not_owner_push", _("Only the owner or a superior may push this customer"))


def can_answer_push(actor: Actor, push: Push, _facts: object = None) -> Decision:
    """POOL-17: only the receiver accepts and rejects."""
    if push.receiver_id != actor.id:
        return forbidden("pool.not_receiver", _("Only the receiver answers a push"))
    return _open(push)


def can_withdraw_push(actor: Actor, push: Push, _facts: object = None) -> Decision:
    """POOL-17: only the sender withdraws."""
    if push.sender_id != actor.id:
        return forbidden("pool.not_sender", _("Only the sender withdraws a push"))
    return _open(push)


def can_end_push(actor: Actor, push: Push, _facts: object = None) -> Decision:
    """POOL-17: the sender, and those who decide on the team (CUST-3), end what was accepted."""
    if push.sender_id != actor.id and not answers_for(actor, push.customer):
        return forbidden(
            "pool.not_in_charge_of_push",
            _("Only the sender, the owner, a superior or an administrator ends an accepted push"),
        )
    if push.state == "pending":
        return conflict("pool.push_pending", _("This push waits for an answer"))
    return ALLOW if push.state == "accepted" else _open(push)


def _open(push: Push) -> Decision:
    sentences = {
        "accepted": _("This push was accepted before"),
        "rejected": _("This push was rejected before"),
        "withdrawn": _("This push was withdrawn"),
        "ended": _("This push was ended"),
    }
    return conflict(f"pool.push_{push.state}", sentences[push.state]) if push.state in sentences else ALLOW
