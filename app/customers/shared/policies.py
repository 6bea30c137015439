"""Who may open, act on and edit a customer: pure rules, no queries (access.md, pool.md).

``Facts`` are what a query knows of a record and the person, loaded for a whole page at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class Facts:
    """Facts that the rules need about a customer and the actor.

    ``member``: access of the actor's membership, to write by an accepted push too (POOL-17); ``push``: the
    best state of pushes to the actor; ``meets``: the demand districts meet the actor's; ``has_demand``: there
    are demand districts; ``kept``: it is being handed over, so that nothing else changes its owner (HAND-1);
    ``open_shelving`` and ``admin_reveals``: the settings. Known only for a single
    record or a batch: ``followed_lately``, whether the actor followed it up in the last 30 days,
    ``took_in``, whether another file is part of it (CUST-9), and ``held``, how many customers the actor holds
    privately, of at most ``ceiling``.
    """

    member: str = ""
    push: str = ""
    meets: bool = False
    has_demand: bool = False
    kept: bool = False
    open_shelving: bool = False
    admin_reveals: bool = False
    followed_lately: bool = False
    took_in: bool = False
    held: int = 0
    ceiling: int = 0


NO_FACTS = Facts()
BASICS_ONLY = forbidden("customer.basics_only", _("You see more of this customer once you accept the push"))


def can_open(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """ACC-14: people who may open the file, to act or only to read."""
    if acts_on(actor, customer, facts) or _can_read(actor, facts) or may_take_up(actor, customer, facts):
        return ALLOW
    return forbidden("customer.out_of_reach", _("This customer is out of your reach"))


def can_act(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """ACC-14: "anyone" of the pool's rules, people who can open and act."""
    if acts_on(actor, customer, facts):
        return ALLOW
    return forbidden("customer.read_only", _("You may read this customer, not work on it"))


def acts_on(actor: Actor, customer: Customer, facts: Facts) -> bool:
    """ACC-14, the acting part."""
    if facts.member == "write":
        return True
    if customer.pool == "personal":
        return actor.has_scope_over(customer.owner)
    return (
        customer.department_id in actor.below
        or actor.has_scope_over_department(customer.department_id)
        or actor.has_scope_over(customer.handler)
        or actor.has_scope_over(customer.private_holder)
        or (actor.company_id == customer.company_id and meets_demand(actor, customer, facts))
    )


def _can_read(actor: Actor, facts: Facts) -> bool:
    return actor.reads_all or facts.member == "read" or facts.push in {"pending", "accepted"}


def can_see_history(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-17: people who know the customer only through a push see basic information until they accept."""
    if facts.push == "accepted" or can_open(actor, customer, replace(facts, push="")):
        return ALLOW
    return BASICS_ONLY


def may_take_up(actor: Actor, customer: Customer, facts: Facts) -> bool:
    """ACC-14, POOL-9: with open shelving, the owner's department while a personal customer is off shelf."""
    return (
        facts.open_shelving
        and customer.pool == "personal"
        and customer.follow_status == "off_shelf"
        and actor.department_id == customer.department_id
    )


def meets_demand(actor: Actor, customer: Customer, facts: Facts) -> bool:
    """ACC-14: responsible districts meet the demand; no demand is met by the customer's department only."""
    return facts.meets if facts.has_demand else actor.department_id == customer.department_id


def is_superior(actor: Actor, customer: Customer) -> bool:
    """ACC-3: a superior of the person responsible for the customer."""
    people = (customer.owner, customer.private_holder, customer.handler)
    return any(actor.manages(person) for person in people)


def can_edit_basics(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-5: people who can open and act, for basics of individuals; CUST-21 for enterprises."""
    if customer.kind == "individual":
        return can_act(actor, customer, facts)
    return can_edit_all(actor, customer, facts)


def can_edit_all(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-21: the owner, a write member, a superior or the administrator."""
    if facts.member == "write" or answers_for(actor, customer):
        return ALLOW
    return forbidden(
        "customer.not_responsible",
        _("Only the owner, the team, a superior or an administrator may change this"),
    )


def answers_for(actor: Actor, customer: Customer) -> bool:
    """The owner or holder, a superior of the person responsible or of the department, the administrator."""
    return (
        (customer.owner_id or customer.private_holder_id) == actor.id
        or actor.is_admin
        or is_superior(actor, customer)
        or customer.department_id in actor.managed
    )


def takes_business(customer: Customer) -> Decision:
    """CUST-2: a disabled customer takes no new business."""
    if customer.enabled:
        return ALLOW
    return conflict("customer.disabled", _("This customer is disabled and takes nothing new"))
