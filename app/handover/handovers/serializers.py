"""REST API records of handovers (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.handover.handovers import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.handover.handovers.models import Handover, HandoverItem


class ItemRecord(TypedDict):
    """Something to pass on (HAND-2)."""

    id: int
    kind: Annotated[str, choices.ITEM_KIND]
    description: str
    note: str | None
    done: bool
    done_at: Moment | None


class HandoverRow(TypedDict):
    """A customer on its way to another owner (HAND-1), as lists show it; ``acting`` is who acts next."""

    id: int
    batch_id: int
    customer: Named
    former_owner: Named | None
    receiver: Named | None
    reason: Annotated[str, choices.REASON]
    stage: Annotated[str, choices.STAGE]
    stage_since: Moment
    acting: Named | None
    reason_back: str
    created_at: Moment
    ended_at: Moment | None


class HandoverRecord(HandoverRow):
    """A handover with its checklist (HAND-2)."""

    items: list[ItemRecord]


class StartedRecord(TypedDict):
    """The handovers that were started together (HAND-1)."""

    ids: list[int]
    batch_id: int


def item_record(item: HandoverItem) -> ItemRecord:
    """Return the API record of an item."""
    return {
        "id": item.id,
        "kind": item.kind,
        "description": item.description,
        "note": item.note,
        "done": item.done,
        "done_at": iso(item.done_at),
    }


def handover_row(row: Handover) -> HandoverRow:
    """Return the API record of a handover without its checklist."""
    acting = {"id": row.acting.id, "name": row.acting.display_name} if row.acting else None
    return {
        "id": row.id,
        "batch_id": row.batch_id,
        "customer": {"id": row.customer_id, "name": row.name_of_customer},
        "former_owner": named(row.former_owner),
        "receiver": named(row.receiver),
        "reason": row.reason,
        "stage": row.stage,
        "stage_since": iso(row.stage_since) or "",
        "acting": acting,  # type: ignore[typeddict-item]  # id and name
        "reason_back": row.reason_back,
        "created_at": iso(row.created_at) or "",
        "ended_at": iso(row.ended_at),
    }


def handover_rows(rows: Iterable[Handover]) -> list[HandoverRow]:
    """Return the API records of handovers."""
    return [handover_row(row) for row in rows]


def handover_record(row: Handover, items: Iterable[HandoverItem]) -> HandoverRecord:
    """Return the API record of a handover with its checklist."""
    return {**handover_row(row), "items": [item_record(item) for item in items]}
