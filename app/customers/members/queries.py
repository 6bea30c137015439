"""Queries of a customer's team (CUST-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, select, union
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer, CustomerMember
from app.customers.shared.pushes import Push
from app.kernel.database.session import db
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class TeamMember:
    """A colleague on the team by a row of it, or by an accepted push, ``push_id`` (POOL-17)."""

    staff: Staff
    access: str
    push_id: int | None = None


def members_of(customer: Customer) -> Select[CustomerMember]:
    """Select the rows of a customer's team."""
    return (
        select(CustomerMember)
        .where(CustomerMember.customer_id == customer.id)
        .options(joinedload(CustomerMember.staff).joinedload(Staff.department))
    )


def accepted_pushes(customer: Customer) -> Select[Push]:
    """Select the pushes that make their receivers write members of the customer (POOL-17)."""
    return (
        select(Push)
        .where(Push.customer_id == customer.id, Push.state == "accepted")
        .options(joinedload(Push.receiver).joinedload(Staff.department))
    )


def team_ids(customer: Customer) -> Select[Staff]:
    """Select the people of the team, to be counted: each once, by a row of it or by an accepted push."""
    rows = select(CustomerMember.staff_id).where(CustomerMember.customer_id == customer.id)
    pushed = select(Push.receiver_id).where(Push.customer_id == customer.id, Push.state == "accepted")
    return select(Staff).where(Staff.id.in_(union(rows, pushed)))


def team_of(customer: Customer) -> Sequence[TeamMember]:
    """Return the people besides the responsible who may open the customer, by name, each once.

    Who accepted a push may write, whatever their row of the team says.
    """
    by_row = {
        row.staff_id: TeamMember(row.staff, row.access) for row in db.session.scalars(members_of(customer))
    }
    for push in db.session.scalars(accepted_pushes(customer)):
        row = by_row.get(push.receiver_id)
        if row is None or row.access != "write":
            by_row[push.receiver_id] = TeamMember(push.receiver, "write", push.id)
    return sorted(by_row.values(), key=lambda one: (one.staff.name_sort, one.staff.id))
