"""Who may take a customer out of its group (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_edit_all
from app.kernel.errors import Decision, conflict

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_leave_group(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-3: as any edit beyond the basics, where there is a group to leave."""
    verdict = can_edit_all(actor, customer, facts)
    if verdict and customer.link_code is None:
        return conflict("customer.no_group", _("This customer is linked to no other"))
    return verdict
