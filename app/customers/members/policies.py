"""Who decides on a customer's team (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, answers_for
from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_manage_team(actor: Actor, customer: Customer, _facts: Facts) -> Decision:
    """CUST-3: the owner, a superior or the administrator decides who is on the team."""
    if answers_for(actor, customer):
        return ALLOW
    return forbidden(
        "customer.not_in_charge", _("Only the owner, a superior or an administrator may do this")
    )
