"""REST API records of communities (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.listings.communities.models import Community


class CommunityRecord(TypedDict):
    """A community; its coordinates are degrees (GCJ-02)."""

    id: int
    name: str
    district: Named | None
    address: str | None
    longitude: float | None
    latitude: float | None
    version: int
    created_at: Moment


def community_record(row: Community) -> CommunityRecord:
    """Return the API record of a community."""
    return {
        "id": row.id,
        "name": row.name,
        "district": named(row.district),
        "address": row.address,
        "longitude": None if row.longitude is None else float(row.longitude),
        "latitude": None if row.latitude is None else float(row.latitude),
        "version": row.version,
        "created_at": iso(row.created_at) or "",
    }


def community_records(rows: Iterable[Community]) -> list[CommunityRecord]:
    """Return the API records of communities."""
    return [community_record(row) for row in rows]
