"""REST API records of company paths (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.company_paths.models import CompanyPath


class PathRecord(TypedDict):
    """A company path (CUST-12)."""

    id: int
    customer: Named | None
    path: str
    our_code: str | None
    is_default: bool
    created_by: Named
    created_at: Moment | None


def path_records(rows: Iterable[CompanyPath]) -> list[PathRecord]:
    """Return the API records of company paths."""
    return [path_record(row) for row in rows]


def path_record(row: CompanyPath) -> PathRecord:
    """Return the API record of a company path."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "path": row.path,
        "our_code": row.our_code,
        "is_default": row.is_default,
        "created_by": {"id": row.created_by_id, "name": row.created_by.display_name},
        "created_at": iso(row.created_at),
    }
