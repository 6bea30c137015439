"""REST API records of service tickets (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from app.deals.shared.serializers import RecordBase, record_base
from app.deals.tickets import choices
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.deals.tickets.models import Ticket


class TicketRecord(RecordBase):
    """Something that a customer needs help with (CUST-16)."""

    status: Annotated[str, choices.STATUS]
    kind: Annotated[str, choices.KIND]
    priority: Annotated[str, choices.PRIORITY]
    description: str | None
    due_at: Moment | None
    solution: str | None
    ended_at: Moment | None


def ticket_record(row: Ticket) -> TicketRecord:
    """Return the API record of a ticket."""
    return {
        **record_base(row),
        "status": row.status,
        "kind": row.kind,
        "priority": row.priority,
        "description": row.description,
        "due_at": iso(row.due_at),
        "solution": row.solution,
        "ended_at": iso(row.ended_at),
    }


def ticket_records(rows: Iterable[Ticket]) -> list[TicketRecord]:
    """Return the API records of tickets."""
    return [ticket_record(row) for row in rows]
