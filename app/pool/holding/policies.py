"""Who may hold a customer privately, release it and name its handler: pure rules (POOL-12 … POOL-14).

Each rule checks first whether the actor may (403), then whether the state allows it (409), as ACC-6 orders
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_act, takes_business
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

NOT_PLATFORM = conflict("pool.personal", _("This is a personal customer; only platform customers have this"))

NOT_STAFF = forbidden("pool.no_staff", _("Only staff can hold customers"))


def can_privatize(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-12: people who can act, on a followed platform customer without a holder, below their ceiling."""
    verdict = can_act(actor, customer, facts) if actor.staff_id is not None else NOT_STAFF
    if not verdict:
        return verdict
    if customer.pool != "platform":
        return NOT_PLATFORM
    if customer.private_holder is not None:
        return conflict(
            "pool.already_private",
            _("%(name)s holds this customer privately", name=customer.private_holder.name),
        )
    if customer.follow_status != "following":
        return conflict(
            "pool.not_following", _("Only a customer that is being followed can be held privately")
        )
    return takes_business(customer) and below_ceiling(facts)


def below_ceiling(facts: Facts) -> Decision:
    """POOL-12: the actor can hold one more privately."""
    if facts.held < facts.ceiling:
        return ALLOW
    return conflict(
        "pool.ceiling", _("You hold %(n)s customers privately; more are not allowed", n=facts.held)
    )


def is_restorable(customer: Customer, *, held: int, ceiling: int) -> Decision:
    """OFF-3: after an undo the customer is with the people before, of whom nobody has departed; its holder
    has at most the ceiling, with this one.
    """
    for person in (customer.owner, customer.handler, customer.private_holder):
        if person is not None and not person.is_active:
            return conflict("pool.departed", _("%(name)s has departed", name=person.name))
    if held < ceiling:
        return ALLOW
    name = customer.private_holder.name if customer.private_holder else ""
    message = _("%(name)s holds %(n)s customers privately; more are not allowed", name=name, n=held)
    return conflict("pool.ceiling", message)


def can_publicize(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-13: the holder, or a person with scope over the holder or over the customer's department."""
    if customer.is_private:
        over = actor.has_scope_over_department(customer.department_id)
        if over or actor.has_scope_over(customer.private_holder):
            return ALLOW
        return forbidden("customer.held_by_another", _("This customer is reserved for a colleague"))
    verdict = can_act(actor, customer, facts)
    return conflict("pool.not_private", _("Nobody holds this customer privately")) if verdict else verdict


def can_assign(actor: Actor, customer: Customer, _facts: Facts) -> Decision:
    """POOL-14: pending platform customers, by a person with scope over the handler or the department."""
    person = customer.handler or customer.owner
    platform = customer.pool == "platform"
    over = platform and actor.has_scope_over_department(customer.department_id)
    if not over and not actor.has_scope_over(person):
        return forbidden("pool.not_in_charge", _("Only the handler or a superior may name another handler"))
    if customer.pool != "platform":
        return NOT_PLATFORM
    if customer.follow_status != "pending":
        return conflict("pool.not_pending", _("Only a pending customer has a handler to change"))
    return ALLOW
