"""REST API records of the shelf log (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.shared import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named
from app.pool.shelving.choices import SHELF_ACTION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.pool.shelving.models import ShelfLog


class ShelfRecord(TypedDict):
    """A step onto or off the shelf (POOL-8, POOL-11)."""

    id: int
    action: Annotated[str, SHELF_ACTION]
    staff: Named
    department: Named | None
    company: Named | None
    handler: Named | None
    reason: Annotated[str, choices.UNSHELVE_REASON] | None
    remark: str | None
    next_contact_at: Moment | None
    created_at: Moment


def shelf_record(row: ShelfLog) -> ShelfRecord:
    """Return the API record of a step of the shelf log."""
    return {
        "id": row.id,
        "action": row.action,
        "staff": {"id": row.staff_id, "name": row.staff_name},
        "department": named(row.department),
        "company": named(row.company),
        "handler": named(row.handler),
        "reason": row.reason,
        "remark": row.remark,
        "next_contact_at": iso(row.next_contact_at),
        "created_at": iso(row.created_at) or "",
    }


def shelf_records(rows: Iterable[ShelfLog]) -> list[ShelfRecord]:
    """Return the API records of steps of the shelf log."""
    return [shelf_record(row) for row in rows]
