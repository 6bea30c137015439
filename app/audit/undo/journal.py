"""What an operation changes, row by row, and how to put it back (OFF-3).

While a journal is open, every row that the session inserts, changes or deletes is noted with its values
before.  A seal of its values afterwards tells later whether the row is still as the operation left it.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect

from app.audit.models import AuditHead, OperationLog, RecordKey
from app.audit.undo.policies import row_changed_since
from app.kernel.access.guard import unscoped
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import Model, db

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Mapper

Values = dict[str, Any]
Key = tuple[str, tuple[Any, ...]]
_LOG = (AuditHead, OperationLog, RecordKey)  # the log keeps both the deed and its undoing


@dataclass
class Journal:
    """The rows that an operation has changed so far: (table, key) → values before; of new rows nothing."""

    changed: dict[Key, Values] = field(default_factory=dict)
    removed: dict[Key, Values] = field(default_factory=dict)
    made: dict[Key, Any] = field(default_factory=dict)
    rows: dict[Key, Any] = field(default_factory=dict)
    after: dict[Key, Values] = field(default_factory=dict)  # of rows that were changed without being loaded
    owners: dict[Key, int | None] = field(default_factory=dict)  # of the same
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)  # record → its last row of the log

    def note_flush(self, session: Any, _context: Any) -> None:
        """Note what a flush has just written."""
        for row in session.new:
            self._note_made(row)
        for row in session.dirty:
            self._note_changed(row)
        for row in session.deleted:
            if not isinstance(row, _LOG):
                self.rows[_key(row)] = row
                self.removed[_key(row)] = {name: row.__dict__[name] for name in _columns(row)}

    def _note_made(self, row: Any) -> None:
        if isinstance(row, OperationLog):
            record = row.record_type, row.record_id
            self.numbers[record] = max(row.number, self.numbers.get(record, 0))
        elif not isinstance(row, _LOG):
            self.made[_key(row)] = row

    def _note_changed(self, row: Any) -> None:
        key, state = _key(row), inspect(row)
        if isinstance(row, _LOG) or key in self.made:
            return
        for name in _columns(row):
            was = state.attrs[name].history.deleted
            if was:
                self.changed.setdefault(key, {}).setdefault(name, was[0])
                self.rows[key] = row

    def entries(self, table: str, owner: str) -> list[tuple[int | None, dict[str, Any]]]:
        """Return what was noted, as it is kept; each with the record that it belongs to: a row of the table
        itself, or the one that the column ``owner`` of another table names.
        """
        found: list[tuple[Key, dict[str, Any]]] = []
        for key, row in self.made.items():
            found.append((key, {"made": _seal_of(row, _columns(row))}))
        for key, before in self.changed.items():
            known = self.rows.get(key)
            seal = _seal(self.after[key]) if known is None else _seal_of(known, before)
            found.append((key, {"before": _packed(before), "after": seal}))
        for key, was in self.removed.items():
            found.append((key, {"removed": _packed(was)}))
        return [
            (self._owner(key, table, owner), {"table": key[0], "key": [*key[1]], **change})
            for key, change in found
        ]

    def _owner(self, key: Key, table: str, owner: str) -> int | None:
        if key[0] == table:
            return int(key[1][0])
        if key in self.owners:
            return self.owners[key]
        row = self.made.get(key, self.rows.get(key))
        found: int | None = row.__dict__.get(owner)
        return found


_open: ContextVar[Journal | None] = ContextVar("kepan_journal", default=None)


@contextmanager
def open_journal() -> Iterator[Journal]:
    """Note what the session writes inside the block."""
    session, journal = db.session(), Journal()
    session.flush()
    event.listen(session, "after_flush", journal.note_flush)
    token = _open.set(journal)
    try:
        yield journal
        session.flush()
    finally:
        _open.reset(token)
        event.remove(session, "after_flush", journal.note_flush)


def note_unloaded(
    model: type[Any], owners: Iterable[tuple[int, int | None]], before: Values, after: Values
) -> None:
    """Note rows that a statement changed without loading them, if a journal is open: (id, record) of each."""
    journal = _open.get()
    if journal is None:
        return
    for pk, owner in owners:
        key = (model.__tablename__, (pk,))
        journal.changed[key], journal.after[key], journal.owners[key] = dict(before), dict(after), owner


def put_back(changes: list[dict[str, Any]]) -> list[tuple[Any, str]]:
    """Put the rows back as they were before the operation, and return those that it had made, with their
    seals.

    The caller removes them: a notice that was read cannot be.

    :raises Denied: when a row is no longer as the operation left it.
    """
    made = []
    for change in changes:
        mapper = _mappers()[change["table"]]
        if "removed" in change:
            db.session.add(mapper.class_(**_unpacked(mapper, change["removed"])))
            continue
        row = _locked(mapper, change["key"])
        if "made" in change:
            made += [] if row is None else [(row, change["made"])]
            continue
        before = _unpacked(mapper, change["before"])
        if row is None or _seal_of(row, before) != change["after"]:
            row_changed_since().enforce()
        for name, value in before.items():
            setattr(row, name, value)
        db.session.flush()
        db.session.expire(row)
    return made


def _locked(mapper: Mapper[Any], key: list[Any]) -> Any:
    with unscoped("who changed the row a moment ago puts it back as it was (OFF-3)"):
        return db.session.get(mapper.class_, tuple(key), with_for_update=True, populate_existing=True)


def is_as_made(row: Any, seal: str) -> bool:
    """Return True for a row that is unchanged since the operation made it."""
    return _seal_of(row, _columns(row)) == seal


def _key(row: Any) -> Key:
    mapper = inspect(type(row))
    return mapper.local_table.name, tuple(mapper.primary_key_from_instance(row))


def _columns(row: Any) -> list[str]:
    """Return the columns of the row's table; what its model reads of other tables is no part of it."""
    mapper = inspect(type(row))
    return [
        one.key for one in mapper.column_attrs if getattr(one.columns[0], "table", None) is mapper.local_table
    ]


def _mappers() -> dict[str, Mapper[Any]]:
    return {mapper.local_table.name: mapper for mapper in Model.registry.mappers}


def _packed(values: Values) -> Values:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _unpacked(mapper: Mapper[Any], values: Values) -> Values:
    def unpack(name: str, value: Any) -> Any:
        is_moment = isinstance(mapper.column_attrs[name].columns[0].type, UtcDateTime)
        return datetime.fromisoformat(value) if is_moment and value is not None else value

    return {name: unpack(name, value) for name, value in values.items()}


def _seal_of(row: Any, names: Iterable[str]) -> str:
    return _seal({name: getattr(row, name) for name in names})


def _seal(values: Values) -> str:
    text = json.dumps(_packed(values), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
