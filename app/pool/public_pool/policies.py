"""Who may take customers out of the public pool: pure rules (POOL-3, POOL-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import takes_business
from app.kernel.errors import ALLOW, QUOTA, Decision, conflict, forbidden

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

NOT_IN_POOL = conflict("pool.not_in_pool", _("This customer is not in the public pool (any more)"))


@dataclass(frozen=True)
class ClaimFacts:
    """Facts that the limits of claiming read: of the entry, of the person, and the settings.

    ``since`` is when the customer came into the pool, ``claims`` how many the person claimed this Shanghai
    day, ``held`` how many personal customers they own.
    """

    now: datetime
    since: datetime
    was_owner: bool
    is_own_department: bool
    claims: int
    held: int
    claims_a_day: int
    held_ceiling: int
    former_owner_days: int
    own_department_hours: int


def sees_entry(actor: Actor, customer: Customer) -> bool:
    """POOL-3: staff see the entries of their department, of those below it and of those in scope."""
    return customer.department_id in actor.below or actor.has_scope_over_department(customer.department_id)


def can_claim(actor: Actor, customer: Customer) -> Decision:
    """POOL-20: staff who see the entry, while it is open."""
    if actor.staff_id is None or not sees_entry(actor, customer):
        return forbidden("pool.entry_out_of_reach", _("Only staff who see its pool may take this customer"))
    return _is_available(customer)


def can_assign_from_pool(actor: Actor, customer: Customer) -> Decision:
    """POOL-20: a person with scope over the department of the pool."""
    if not actor.has_scope_over_department(customer.department_id):
        return forbidden(
            "pool.not_in_charge_of_pool", _("Only who is in charge of its department may give it")
        )
    return _is_available(customer)


def _is_available(customer: Customer) -> Decision:
    return NOT_IN_POOL if customer.pooled_at is None else takes_business(customer)


def within_claim_limits(facts: ClaimFacts) -> Decision:
    """POOL-20: the limits of claiming; a quota answers 429, the rest 409."""
    free_from = facts.since + timedelta(days=facts.former_owner_days)
    if facts.was_owner and facts.now < free_from:
        return conflict(
            "pool.was_yours",
            _(
                "It was yours until lately; you may claim it again after %(days)s days",
                days=facts.former_owner_days,
            ),
        )
    if not facts.is_own_department and facts.now < facts.since + timedelta(hours=facts.own_department_hours):
        return conflict("pool.own_department_first", _("Its own department may claim it first"))
    if facts.claims >= facts.claims_a_day:
        message = _("You claimed %(n)s customers today; more are not allowed", n=facts.claims)
        return Decision(allowed=False, code="pool.claim_quota", message=message, status=QUOTA)
    return below_held_ceiling(facts.held, facts.held_ceiling)


def below_held_ceiling(held: int, ceiling: int, name: str = "") -> Decision:
    """POOL-20: the owner has room for one more; ``name`` where it is another person."""
    if held < ceiling:
        return ALLOW
    if name:
        message = _("%(name)s owns %(n)s customers; more are not allowed", name=name, n=held)
    else:
        message = _("You own %(n)s customers; more are not allowed", n=held)
    return conflict("pool.held_ceiling", message)
