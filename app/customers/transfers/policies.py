"""Who may transfer a personal customer (CUST-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.members.policies import can_manage_team
from app.kernel.errors import Decision, conflict

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor


def can_transfer(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-21, HAND-1: the present owner, a superior or the administrator sets another owner, unless the
    customer is being handed over.
    """
    verdict = can_manage_team(actor, customer, facts)
    if verdict and customer.owner_id is None:
        return conflict("customer.no_owner", _("A platform customer has no owner to change"))
    if verdict and facts.kept:
        return conflict("customer.held", _("This customer is being handed over"))
    return verdict
