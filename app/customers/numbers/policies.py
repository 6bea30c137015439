"""Who may reveal, change and search by a customer's number (POOL-4, POOL-6, ACC-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.policies import Facts, can_act, can_edit_all, meets_demand
from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_search_by_number(actor: Actor) -> Decision:
    """ACC-17: roles that may not reveal numbers search by the last four digits only."""
    if actor.may(CustomerPermission.REVEAL_PHONE):
        return Decision(allowed=True)
    return forbidden("customer.last_four_only", _("Your role searches by the last four digits only"))


def can_change_phone(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-6: people who can open and act; the current number is asked for.

    Where there is none, nothing can be asked for: a first number is an edit beyond the basics (CUST-21).
    """
    return (can_act if customer.phone else can_edit_all)(actor, customer, facts)


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
