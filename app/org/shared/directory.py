"""Names of staff, departments and districts in the process's memory, by the organisation's version (ACC-1).

A page names the same few hundred colleagues again and again; every change of a name raises the version
(``version.invalidate_actors``).  Whoever is not in memory is read from the database.  Brokers are not here:
there are tens of thousands of them, and they enter themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sqlalchemy import select

from app.kernel.database.cache import CachedValue
from app.kernel.database.session import db
from app.org.shared.models import Department, District, Staff

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colleague(NamedTuple):
    """What rules and cells read of a member of staff: the attributes have the record's names."""

    id: int
    name: str
    department_id: int


class NamedPlace(NamedTuple):
    """A department, or a district, by which ``order`` lists are sorted."""

    id: int
    name: str
    order: str


E = TypeVar("E", Colleague, NamedPlace)


class Directory(Generic[E]):
    """Entries by id, read once per version of the organisation."""

    def __init__(self, entry: type[E], *columns: Any) -> None:
        self._entry: Any = entry
        self._columns = columns
        self._kept: CachedValue[Mapping[int, E]] = CachedValue(self._load)

    def _load(self) -> Mapping[int, E]:
        rows = db.session.execute(select(*self._columns))
        return {row[0]: self._entry._make(row) for row in rows}

    def get(self, pk: int | None) -> E | None:
        """Return the entry, or None where there is no such record."""
        if pk is None:
            return None
        found = self._kept.get_if_cached()
        if found is not None and pk in found:
            return found[pk]
        row = db.session.execute(select(*self._columns).where(self._columns[0] == pk)).one_or_none()
        return None if row is None else self._entry._make(row)

    def name(self, pk: int) -> str:
        """Return the name, or an empty text."""
        found = self.get(pk)
        return "" if found is None else found.name


_S, _D, _P = Staff.__table__.c, Department.__table__.c, District.__table__.c
COLLEAGUES = Directory(Colleague, _S.id, _S.name, _S.department_id)
DEPARTMENTS = Directory(NamedPlace, _D.id, _D.name, _D.path)
DISTRICTS = Directory(NamedPlace, _P.id, _P.name, _P.code)
