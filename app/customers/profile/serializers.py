"""REST API records of the operation log of a customer (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.audit.queries import sentence_of, shown_value
from app.customers.shared.fields import field_label
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.audit.models import OperationLog


class ChangeRecord(TypedDict):
    """One field of an edit (CUST-20)."""

    field: str
    label: str
    before: str
    after: str


class OperationRecord(TypedDict):
    """A row of the operation log (PLAT-1)."""

    id: int
    number: int
    operation: str
    sentence: str
    actor: Named
    changes: list[ChangeRecord]
    source: str
    created_at: Moment | None


def operation_records(rows: Iterable[OperationLog]) -> list[OperationRecord]:
    """Return the API records of rows of the operation log."""
    return [operation_record(row) for row in rows]


def operation_record(row: OperationLog) -> OperationRecord:
    """Return the API record of a row of the operation log."""
    return {
        "id": row.id,
        "number": row.number,
        "operation": row.operation,
        "sentence": sentence_of(row),
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "changes": [
            {
                "field": name,
                "label": field_label(name),
                "before": shown_value(row.record_type, name, before),
                "after": shown_value(row.record_type, name, after),
            }
            for name, (before, after) in row.differences.items()
        ],
        "source": row.source,
        "created_at": iso(row.at),
    }
