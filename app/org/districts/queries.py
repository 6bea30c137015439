"""Reading districts: always scoped, marked for the guard (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.shared.models import District

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor


def get_district(pk: int, *, lock: bool = False) -> District:
    """Return a district.

    :raises NotFound: when there is none.
    """
    return get_one(select(District).where(District.id == pk), lock=lock, key_share=True)


def parent_districts() -> dict[int, int | None]:
    """Return the district above each."""
    return dict(db.session.execute(select(District.id, District.parent_id)).all())


def visible_districts(_actor: Actor) -> Select[District]:
    """Return every district: they are no secret."""
    return select(District)


def all_districts() -> list[District]:
    """Return every district, by code."""
    return list(db.session.scalars(select(District).order_by(District.code)))


def known_districts(pks: Iterable[int]) -> set[int]:
    """Return those of the ids that are districts."""
    return set(db.session.scalars(select(District.id).where(District.id.in_(list(pks)))))
