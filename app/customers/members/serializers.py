"""REST API records of a customer's team (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.members.queries import team_of
from app.customers.shared import choices
from app.kernel.api.base import named
from app.kernel.api.schemas import Named

if TYPE_CHECKING:
    from app.customers.members.queries import TeamMember
    from app.customers.shared.models import Customer, CustomerMember


class MemberRecord(TypedDict):
    """A colleague on the team (CUST-3); ``id`` is the colleague's.

    ``push_id`` is the accepted push that put them on it (POOL-17).
    """

    id: int
    name: str
    department: Named | None
    access: Annotated[str, choices.MEMBER_ACCESS]
    push_id: int | None


class MemberList(TypedDict):
    """The whole team, by name."""

    items: list[MemberRecord]


def member_record(row: CustomerMember | TeamMember) -> MemberRecord:
    """Return the API record of a team member."""
    return {
        "id": row.staff.id,
        "name": row.staff.name,
        "department": named(row.staff.department),
        "access": row.access,
        "push_id": getattr(row, "push_id", None),
    }


def member_list(customer: Customer) -> MemberList:
    """Return the API record of the whole team."""
    return {"items": [member_record(row) for row in team_of(customer)]}
