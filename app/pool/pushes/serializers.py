"""REST API records of pushes (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.shared import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.shared.pushes import Push


class PushRecord(TypedDict):
    """A customer offered to a colleague (POOL-17)."""

    id: int
    customer: Named | None
    state: Annotated[str, choices.PUSH_STATE]
    sender: Named | None
    sender_department: Named | None
    receiver: Named | None
    receiver_department: Named | None
    remark: str | None
    answer: str | None
    created_at: Moment
    decided_at: Moment | None
    ended_at: Moment | None


def push_record(row: Push) -> PushRecord:
    """Return the API record of a push."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "state": row.state,
        "sender": named(row.sender),
        "sender_department": named(row.sender_department),
        "receiver": named(row.receiver),
        "receiver_department": named(row.receiver_department),
        "remark": row.remark,
        "answer": row.answer,
        "created_at": iso(row.created_at) or "",
        "decided_at": iso(row.decided_at),
        "ended_at": iso(row.ended_at),
    }


def push_records(rows: Iterable[Push]) -> list[PushRecord]:
    """Return the API records of pushes."""
    return [push_record(row) for row in rows]
