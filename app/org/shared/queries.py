"""Reading the organisation: always scoped, marked for the guard (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Select, select

from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.org.shared.models import District, Staff

if TYPE_CHECKING:
    from collections.abc import Iterable


R = TypeVar("R")


def get_staff(pk: int | None) -> Staff | None:
    """A member of staff by id, whoever asks."""
    return None if pk is None else db.session.get(Staff, pk)


def one_or_not_found(statement: Select[R], *, lock: bool) -> R:
    """The one record of a statement; its lock leaves rows that refer to it alone: others write those.

    :raises NotFound: when there is none.
    """
    if lock:
        statement = statement.with_for_update(of=_root(statement), key_share=True)
    record = db.session.scalars(statement)
    found = record.unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _root(statement: Select[R]) -> type[R]:
    entity: type[R] = statement.column_descriptions[0]["entity"]
    return entity


def district_names(pks: Iterable[int]) -> dict[int, str]:
    """Names by id, in one statement."""
    wanted = list(pks)
    if not wanted:
        return {}
    return dict(db.session.execute(select(District.id, District.name).where(District.id.in_(wanted))).all())
