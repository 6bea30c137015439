"""REST API records of projects and plots (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.projects.models import Project


class ProjectRecord(TypedDict):
    """A project (CH-1)."""

    id: int
    name: str
    address: str
    longitude: float | None
    latitude: float | None
    introduction: str
    features: list[str]
    service_phone: str
    active: bool
    created_at: Moment


def project_record(row: Project) -> ProjectRecord:
    """Return the API record of a project."""
    return {
        "id": row.id,
        "name": row.name,
        "address": row.address,
        "longitude": float(row.longitude) if row.longitude is not None else None,
        "latitude": float(row.latitude) if row.latitude is not None else None,
        "introduction": row.introduction,
        "features": [*row.features],
        "service_phone": row.service_phone,
        "active": row.active,
        "created_at": iso(row.created_at) or "",
    }


def project_records(rows: Iterable[Project]) -> list[ProjectRecord]:
    """Return the API records of a list of projects."""
    return [project_record(row) for row in rows]
