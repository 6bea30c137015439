"""Who may follow a customer up, and read what others wrote (POOL-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_act
from app.kernel.errors import Decision, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_follow_up(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-18: people who can act; on a private customer the holder, those with scope over them, and write
    members.
    """
    verdict = can_act(actor, customer, facts)
    if verdict and customer.is_private and not _shares_private(actor, customer, facts):
        return forbidden("customer.held_by_another", _("This customer is reserved for a colleague"))
    return verdict


def _shares_private(actor: Actor, customer: Customer, facts: Facts) -> bool:
    return facts.member == "write" or actor.has_scope_over(customer.private_holder)


def sees_private_follow_ups(actor: Actor, customer: Customer, facts: Facts) -> bool:
    """POOL-18: follow-ups written since a customer is private are for the holder, those with scope over them,
    and write members.
    """
    return not customer.is_private or actor.reads_all or _shares_private(actor, customer, facts)
