"""Queries of a customer's team (CUST-3)."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer, CustomerMember
from app.org.shared.models import Staff


def members_of(customer: Customer) -> Select[CustomerMember]:
    """Select the team of a customer, by name."""
    return (
        select(CustomerMember)
        .join(CustomerMember.staff)
        .where(CustomerMember.customer_id == customer.id)
        .order_by(Staff.name_sort, Staff.id)
        .options(joinedload(CustomerMember.staff).joinedload(Staff.department))
    )
