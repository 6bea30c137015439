"""REST API records of the public pool (POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named
from app.pool.public_pool import choices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.pool.public_pool.models import PoolEntry


class PoolEntryRecord(TypedDict):
    """A customer's time in the public pool (POOL-19, POOL-20)."""

    id: int
    customer: Named | None
    department: Named | None
    reason: Annotated[str, choices.ENTRY_REASON]
    state: Annotated[str, choices.ENTRY_STATE]
    original_owner: Named | None
    decided_by: Named | None
    new_owner: Named | None
    created_at: Moment
    decided_at: Moment | None


def entry_record(row: PoolEntry) -> PoolEntryRecord:
    """Return the API record of an entry."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "department": named(row.department),
        "reason": row.reason,
        "state": row.state,
        "original_owner": named(row.original_owner),
        "decided_by": named(row.decided_by),
        "new_owner": named(row.new_owner),
        "created_at": iso(row.created_at) or "",
        "decided_at": iso(row.decided_at),
    }


def entry_records(rows: Iterable[PoolEntry]) -> list[PoolEntryRecord]:
    """Return the API records of entries."""
    return [entry_record(row) for row in rows]
