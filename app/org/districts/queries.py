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


def districts_below(pks: Iterable[int]) -> set[int]:
    """Return the districts with all below them."""
    parents = parent_districts()
    found = {*pks}
    below = {pk for pk, above in parents.items() if above in found} - found
    while below:
        found |= below
        below = {pk for pk, above in parents.items() if above in below} - found
    return found


def meeting_districts(pks: Iterable[int]) -> frozenset[int]:
    """Return the districts that meet these: themselves, all below and all above them (ACC-14)."""
    parents = parent_districts()
    found = districts_below(pks)
    for pk in [*found]:
        above = parents.get(pk)
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return frozenset(found)
