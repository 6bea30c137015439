"""Queries of the reveals of numbers (ACC-10), and of the ledger of look-ups (ACC-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.customers.numbers.models import NumberLookup, NumberReveal
from app.kernel import clock
from app.kernel.database.session import db
from app.org.shared.models import Staff
from app.org.staff.queries import visible_staff

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

WITH_ACCOUNT = (joinedload(NumberLookup.account),)


def visible_lookups(actor: Actor) -> Select[NumberLookup]:
    """Select the look-ups by people in the actor's scope, their own too; all for those who open everything
    (ACC-17).
    """
    found = select(NumberLookup)
    if actor.opens_all:
        return found
    return found.where(NumberLookup.account_id.in_(visible_staff(actor).with_only_columns(Staff.id)))


def reveals_of(customer: Customer) -> Select[NumberReveal]:
    """Select the reveals of a customer's numbers, newest first (ACC-10)."""
    return (
        select(NumberReveal)
        .where(NumberReveal.customer_id == customer.id)
        .options(
            joinedload(NumberReveal.staff),
            joinedload(NumberReveal.department),
            joinedload(NumberReveal.contact),
        )
    )


def count_reveals_today(staff_id: int) -> int:
    """Count the numbers that a person has revealed on this Shanghai day (ACC-10)."""
    statement = select(func.count()).where(
        NumberReveal.staff_id == staff_id, NumberReveal.created_at >= clock.start_of_day()
    )
    return db.session.scalar(statement) or 0
