"""What records of business have in common in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from app.deals.shared.models import BusinessRecord


class RecordBase(TypedDict):
    """A record of business with a customer (CUST-16)."""

    id: int
    customer: Named
    title: str
    owner: Named | None
    version: int
    created_at: Moment


def record_base(row: BusinessRecord) -> RecordBase:
    """Return what every record of business has."""
    return {
        "id": row.id,
        "customer": {"id": row.customer_id, "name": row.name_of_customer},
        "title": row.title,
        "owner": named(row.owner),
        "version": row.version,
        "created_at": iso(row.created_at) or "",
    }
