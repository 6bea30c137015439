"""REST API records of a customer's team (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.shared import choices
from app.kernel.api.base import named
from app.kernel.api.schemas import Named

if TYPE_CHECKING:
    from app.customers.shared.models import CustomerMember


class MemberRecord(TypedDict):
    """A colleague on the team (CUST-3); ``id`` is the colleague's."""

    id: int
    name: str
    department: Named | None
    access: Annotated[str, choices.MEMBER_ACCESS]


class MemberList(TypedDict):
    """The whole team, by name."""

    items: list[MemberRecord]


def member_record(row: CustomerMember) -> MemberRecord:
    """Return the API record of a team member."""
    return {
        "id": row.staff_id,
        "name": row.staff.name,
        "department": named(row.staff.department),
        "access": row.access,
    }
