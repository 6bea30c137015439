"""Queries of the customers of one group (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


def linked_customers(customer: Customer, actor: Actor) -> Select[Customer]:
    """Select the other customers of the group that the actor can open, newest first."""
    return (
        visible_customers(actor)
        .where(Customer.link_code == (customer.link_code or ""), Customer.id != customer.id)
        .order_by(Customer.created_at.desc(), Customer.id.desc())
    )
