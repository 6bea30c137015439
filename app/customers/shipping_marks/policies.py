"""Who may keep a customer's shipping marks (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.shared.policies import Facts, can_edit_all

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def can_edit_marks(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-12, CUST-21: the owner, the team, a superior or the administrator."""
    return can_edit_all(actor, customer, facts)
