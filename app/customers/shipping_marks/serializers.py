"""REST API records of shipping marks (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.shipping_marks.models import ShippingMark


class MarkRecord(TypedDict):
    """A shipping mark (CUST-12)."""

    id: int
    customer: Named | None
    text: str
    author: Named
    created_at: Moment | None


def mark_records(rows: Iterable[ShippingMark]) -> list[MarkRecord]:
    """Return the API records of shipping marks."""
    return [mark_record(row) for row in rows]


def mark_record(row: ShippingMark) -> MarkRecord:
    """Return the API record of a shipping mark."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "text": row.text,
        "author": {"id": row.author_id, "name": row.author.display_name},
        "created_at": iso(row.created_at),
    }
