"""Reading the organisation: always scoped, marked for the guard (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.kernel.database.session import db
from app.org.shared.models import District, Staff

if TYPE_CHECKING:
    from collections.abc import Iterable


def get_staff(pk: int | None) -> Staff | None:
    """Return a member of staff by id, whoever the actor is."""
    return None if pk is None else db.session.get(Staff, pk)


def district_names(pks: Iterable[int]) -> dict[int, str]:
    """Return names by id, in one statement."""
    wanted = list(pks)
    if not wanted:
        return {}
    return dict(db.session.execute(select(District.id, District.name).where(District.id.in_(wanted))).all())
