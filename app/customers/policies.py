"""Who may do what to a customer: pure rules, no queries (access.md, pool.md).

``Facts`` are what a query knows of a record and the person, loaded for a whole page at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.models import Customer
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class Facts:
    """Facts that the rules need about a customer and the actor.

    ``member``: access of the actor's membership; ``push``: the best state of pushes to the actor; ``meets``:
    the demand districts meet the actor's; ``has_demand``: there are demand districts; ``open_shelving`` and
    ``admin_reveals``: the settings. Known only for a single record or a batch: ``followed_lately``, whether
    the actor followed it up in the last 30 days, and ``held``, how many customers the actor holds privately,
    of at most ``ceiling``.
    """

    member: str = ""
    push: str = ""
    meets: bool = False
    has_demand: bool = False
    open_shelving: bool = False
    admin_reveals: bool = False
    followed_lately: bool = False
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


def can_create_for_owner(actor: Actor, owner_id: int, *, has_scope: bool) -> Decision:
    """POOL-1: for oneself, or for an owner in one's scope."""
    if actor.id == owner_id or has_scope:
        return ALLOW
    return forbidden(
        "customer.not_your_staff", _("You may create customers for yourself and your own staff only")
    )


def can_create_in_department(actor: Actor, department_id: int) -> Decision:
    """POOL-2: staff with scope over the department, or working in it."""
    if actor.department_id == department_id or actor.has_scope_over_department(department_id):
        return ALLOW
    return forbidden(
        "customer.not_your_department", _("You may create platform customers in your own departments only")
    )


def can_edit_basics(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-5: people who can open and act, for basics of individuals; CUST-21 for enterprises."""
    if customer.kind == "individual":
        return can_act(actor, customer, facts)
    return can_edit_all(actor, customer, facts)


def can_edit_all(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-21: the owner, a write member, a superior or the administrator."""
    if facts.member == "write" or _answers_for(actor, customer):
        return ALLOW
    return forbidden(
        "customer.not_responsible",
        _("Only the owner, the team, a superior or an administrator may change this"),
    )


def _answers_for(actor: Actor, customer: Customer) -> bool:
    """The owner or holder, a superior of the person responsible or of the department, the administrator."""
    return (
        (customer.owner_id or customer.private_holder_id) == actor.id
        or actor.is_admin
        or is_superior(actor, customer)
        or customer.department_id in actor.managed
    )


def can_manage_team(actor: Actor, customer: Customer, _facts: Facts) -> Decision:
    """CUST-3: the owner, a superior or the administrator decides who is on the team."""
    if _answers_for(actor, customer):
        return ALLOW
    return forbidden(
        "customer.not_in_charge", _("Only the owner, a superior or an administrator may do this")
    )


def can_transfer(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-21: the present owner, a superior or the administrator sets another owner."""
    verdict = can_manage_team(actor, customer, facts)
    if verdict and customer.owner_id is None:
        return conflict("customer.no_owner", _("A platform customer has no owner to change"))
    return verdict


def can_leave_group(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-3: as any edit beyond the basics, where there is a group to leave."""
    verdict = can_edit_all(actor, customer, facts)
    if verdict and customer.link_code is None:
        return conflict("customer.no_group", _("This customer is linked to no other"))
    return verdict


def can_change_phone(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-6: people who can open and act; the current number is asked for.

    Where there is none, nothing can be asked for: a first number is an edit beyond the basics (CUST-21).
    """
    return (can_act if customer.phone else can_edit_all)(actor, customer, facts)


def can_follow_up(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-18: people who can act; on a private customer the holder, those with scope over them, and write
    members.
    """
    verdict = can_act(actor, customer, facts)
    if verdict and customer.is_private and not _shares_private(actor, customer, facts):
        return forbidden("customer.held_by_another", _("This customer is reserved for a colleague"))
    return verdict


def can_reveal_phone(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-4: people who may see the full number."""
    if facts.push == "accepted" or (actor.is_admin and facts.admin_reveals):
        return ALLOW
    if customer.pool == "personal":
        if customer.owner_id == actor.id or facts.member == "write" or actor.manages(customer.owner):
            return ALLOW
        return forbidden(
            "customer.reveal_personal", _("Only the owner, the team or a superior may see this number")
        )
    return _can_reveal_platform(actor, customer, facts)


def _can_reveal_platform(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    handles = customer.follow_status == "pending" and customer.handler_id == actor.id
    above = (
        actor.manages(customer.private_holder)
        or actor.manages(customer.handler)
        or customer.department_id in actor.managed
        or facts.member == "write"
    )
    if customer.private_holder_id == actor.id or handles or above:
        return ALLOW
    if customer.is_private:
        return forbidden("customer.held_by_another", _("This customer is reserved for a colleague"))
    if customer.follow_status == "pending":
        return forbidden(
            "customer.reveal_pending", _("Only the handler or a superior may see this number now")
        )
    if actor.company_id == customer.company_id and meets_demand(actor, customer, facts):
        return ALLOW
    return forbidden(
        "customer.reveal_district", _("Your responsible districts do not meet this customer's demand")
    )


def _shares_private(actor: Actor, customer: Customer, facts: Facts) -> bool:
    return facts.member == "write" or actor.has_scope_over(customer.private_holder)


def sees_private_follow_ups(actor: Actor, customer: Customer, facts: Facts) -> bool:
    """POOL-18: follow-ups written since a customer is private are for the holder, those with scope over them,
    and write members.
    """
    return not customer.is_private or actor.reads_all or _shares_private(actor, customer, facts)


def takes_business(customer: Customer) -> Decision:
    """CUST-2: a disabled customer takes no new business."""
    if customer.enabled:
        return ALLOW
    return conflict("customer.disabled", _("This customer is disabled and takes nothing new"))
