"""Who notes what a customer thinks of listings: pure rules, no queries (LST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import can_act
from app.kernel.errors import conflict

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

NO_DEMAND = conflict("match.no_demand", _("Enter what the customer looks for first"))


def can_judge(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """LST-3: people who open and act on the customer note what the customer thinks of a listing."""
    return can_act(actor, customer, facts)


def can_set_musts(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """LST-3: people who open and act on the customer say which conditions of the demand are musts."""
    verdict = can_act(actor, customer, facts)
    return NO_DEMAND if verdict and customer.demand_kind is None else verdict
