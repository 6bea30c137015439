"""Queries of the reveals of numbers (ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.customers.numbers.models import NumberReveal
from app.kernel import clock
from app.kernel.database.session import db

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


def reveals_of(customer: Customer) -> Select[NumberReveal]:
    """Select the reveals of a customer's number, newest first (ACC-10)."""
    return (
        select(NumberReveal)
        .where(NumberReveal.customer_id == customer.id)
        .options(joinedload(NumberReveal.staff), joinedload(NumberReveal.department))
    )


def count_reveals_today(staff_id: int) -> int:
    """Count the numbers that a person has revealed on this Shanghai day (ACC-10)."""
    statement = select(func.count()).where(
        NumberReveal.staff_id == staff_id, NumberReveal.created_at >= clock.start_of_day()
    )
    return db.session.scalar(statement) or 0
