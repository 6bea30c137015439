"""Queries of the shelf log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.pool.shelving.models import ShelfLog

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


def shelf_log_of(customer: Customer) -> Select[ShelfLog]:
    """Select all steps of a customer onto and off the shelf."""
    statement = select(ShelfLog).where(ShelfLog.customer_id == customer.id)
    people = (ShelfLog.company, ShelfLog.department, ShelfLog.handler)
    return statement.options(*(joinedload(one) for one in people))
