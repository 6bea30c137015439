"""Who may unshelve a customer and shelve it again: pure rules, no queries (POOL-7 … POOL-10).

Each rule checks first whether the actor may (403), then whether the state allows it (409), as ACC-6 orders
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, acts_on, can_act, may_take_up, takes_business
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_unshelve(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-7: the person responsible, or people over them; of a public one people who followed it up in the
    last 30 days; of any platform customer people over the department.
    """
    if not _answers_for(actor, customer, facts):
        return forbidden(
            "pool.not_responsible", _("Only who is responsible for this customer, or a superior, may do this")
        )
    if customer.follow_status == "off_shelf":
        return conflict("pool.already_off_shelf", _("This customer is off shelf already"))
    return ALLOW


def _answers_for(actor: Actor, customer: Customer, facts: Facts) -> bool:
    if customer.pool == "personal":
        return actor.has_scope_over(customer.owner)
    if actor.has_scope_over_department(customer.department_id):
        return True
    if customer.is_private:
        return actor.has_scope_over(customer.private_holder)
    if customer.follow_status == "pending":
        return actor.has_scope_over(customer.handler)
    if customer.follow_status == "off_shelf":
        return acts_on(actor, customer, facts)  # no person is responsible: the refusal says off shelf
    return facts.followed_lately and acts_on(actor, customer, facts)


def can_shelve(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """POOL-9 for personal customers, POOL-10 for those of the platform; only from off shelf."""
    verdict = _may_shelve(actor, customer, facts)
    if verdict and customer.follow_status != "off_shelf":
        return conflict("pool.not_off_shelf", _("This customer is on shelf already"))
    return takes_business(customer) if verdict else verdict


def _may_shelve(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    if customer.pool == "platform":
        return can_act(actor, customer, facts)
    anybody = facts.open_shelving and (acts_on(actor, customer, facts) or may_take_up(actor, customer, facts))
    if anybody or actor.has_scope_over(customer.owner):
        return ALLOW
    return forbidden("pool.not_owner", _("Only the owner or a superior may shelve this customer"))
