"""REST API records of listings (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named
from app.listings.homes import choices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.listings.homes.models import Listing


class ListingRecord(TypedDict):
    """A home for sale, ``price`` in CNY, or for rent, in CNY a month (LST-1)."""

    id: int
    code: str
    name: str
    community: Named | None
    district: Named | None
    kind: Annotated[str, choices.KIND]
    status: Annotated[str, choices.STATUS]
    rooms: int
    halls: int
    baths: int
    area: float
    price: float
    floor: int | None
    floors: int | None
    orientation: Annotated[str, choices.ORIENTATION] | None
    decoration: Annotated[str, choices.DECORATION] | None
    tags: str | None
    description: str | None
    agent: Named | None
    department: Named | None
    version: int
    created_at: Moment


def listing_record(row: Listing) -> ListingRecord:
    """Return the API record of a listing."""
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "community": named(row.community),
        "district": named(row.district),
        "kind": row.kind,
        "status": row.status,
        "rooms": row.rooms,
        "halls": row.halls,
        "baths": row.baths,
        "area": float(row.area),
        "price": float(row.price),
        "floor": row.floor,
        "floors": row.floors,
        "orientation": row.orientation,
        "decoration": row.decoration,
        "tags": row.tags,
        "description": row.description,
        "agent": named(row.agent),
        "department": named(row.department),
        "version": row.version,
        "created_at": iso(row.created_at) or "",
    }


def listing_records(rows: Iterable[Listing]) -> list[ListingRecord]:
    """Return the API records of listings."""
    return [listing_record(row) for row in rows]
