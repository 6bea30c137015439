"""REST API records of reveals of a number (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.numbers.models import NumberReveal


class RevealRecord(TypedDict):
    """Who looked at the number, when and what for (ACC-10)."""

    id: int
    staff: Named | None
    department: Named | None
    purpose: str
    source: str
    created_at: Moment | None


class RevealedNumber(TypedDict):
    """The full number, after the look at it was recorded (ACC-10)."""

    phone: str


def reveal_records(rows: Iterable[NumberReveal]) -> list[RevealRecord]:
    """Return the API records of reveals."""
    return [reveal_record(row) for row in rows]


def reveal_record(row: NumberReveal) -> RevealRecord:
    """Return the API record of a reveal."""
    return {
        "id": row.id,
        "staff": named(row.staff),
        "department": named(row.department),
        "purpose": row.purpose,
        "source": row.source,
        "created_at": iso(row.created_at),
    }
