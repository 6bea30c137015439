"""Load the packed history into a fresh installation (PLAT-16).

The rows are those that the services wrote. Loading moves their times to today, encrypts and seals them with
this installation's keys, and sets the sequences past them.
"""

from __future__ import annotations

import base64
import gc
import json
import lzma
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import Sequence as NumberSequence
from sqlalchemy import bindparam, func, insert, select, text, update

from app.audit.models import OperationLog
from app.audit.services import seal_chains
from app.kernel import clock
from app.kernel.database.cache import invalidate
from app.kernel.database.session import Model, db, is_postgres
from app.kernel.database.transactions import transactional
from app.kernel.files.storage import storage
from app.kernel.keys import keys
from app.kernel.lists.words import fill_words, kept_words
from app.org.sessions.passwords import hash_password
from demo.columns import HISTORY, MADE, Calendar, Dates, full_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Column, Table

_BATCH = 2000
_LOG = Model.metadata.tables[OperationLog.__tablename__]
_Values = dict[str, Any]


@transactional
def load_demo(path: Path = HISTORY) -> str:
    """Fill an empty, initialised database, wholly or not at all; return a summary."""
    with _no_collection(), lzma.open(path, "rt", encoding="utf-8") as file:
        header = json.loads(next(file))
        loader = _Loader(header)
        for line in file:
            loader.load(json.loads(line))
        loader.finish()
    invalidate()
    return f"demo data loaded: {header['summary']}"


class _Loader:
    def __init__(self, header: dict[str, Any]) -> None:
        self.calendar = Calendar(datetime.fromisoformat(header["present"]), clock.now())
        self.dates = Dates(header["prefixes"])
        self.files: dict[str, bytes] = {}
        self.loaded: list[Table] = []
        self.later: list[tuple[Column[Any], list[_Values]]] = []  # references to rows that are loaded later
        self.cipher = keys().fernet
        self.unpack: dict[str, Callable[[Any], Any]] = {
            "day": self.calendar.day,
            "decimal": Decimal,
            "dated": lambda value: self.dates.moved(value, self.calendar),
            "file": lambda digest: storage().keep(BytesIO(self.files[digest])),
            "index": keys().index,
            "moment": self.calendar.at,
            "naive": lambda seconds: self.calendar.at(seconds).replace(tzinfo=None),
            "plain": lambda value: value,
            "made": lambda value: value,
            "secret": lambda plain: self.cipher.encrypt(plain.encode()).decode(),
        }

    @cached_property
    def _password(self) -> str:
        return hash_password(current_app.config["KEPAN"].demo_password)

    def load(self, line: dict[str, Any]) -> None:
        """Load one line of the file: the content of a file, or the rows of a table."""
        if "file" in line:
            self.files[line["file"]] = base64.b64decode(line["content"])
            return
        table = Model.metadata.tables[line["table"]]
        columns = {
            name: self._unpacked(table.c[name], kind, values) for name, kind, values in line["columns"]
        }
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        self._make(table, rows)
        self._postpone(table, rows)
        if table is _LOG:
            self._seal(rows)
        self._insert(table, rows)
        self.loaded.append(table)

    def _unpacked(self, column: Column[Any], kind: str, values: list[Any]) -> list[Any]:
        unpack = self._ids_by_name(column).__getitem__ if kind == "named" else self.unpack[kind]
        return [None if value is None else unpack(value) for value in values]

    def _ids_by_name(self, column: Column[Any]) -> dict[str, Any]:
        """Return rows that every installation has already (roles), by their names."""
        (key,) = column.foreign_keys
        found = db.session.connection().execute(select(key.column.table.c.name, key.column))
        return {row[0]: row[1] for row in found}

    def _make(self, table: Table, rows: list[_Values]) -> None:
        for column in table.columns:
            make = MADE.get(full_name(column))
            if make is not None:
                for row in rows:
                    if row.get(column.name) is not None:
                        row[column.name] = make(row)
        if table.name == "ab_user":
            for row in rows:
                row["password"] = self._password

    def _postpone(self, table: Table, rows: list[_Values]) -> None:
        """Postpone references to rows that are not loaded yet until the end."""
        for column in table.columns:
            if column.name not in rows[0] or not column.foreign_keys:
                continue
            (key,) = column.foreign_keys
            target = key.column.table
            if target is table:
                waiting = [row for row in rows if (row[column.name] or 0) >= row["id"]]
            else:
                known = target in self.loaded or target not in self._expected
                waiting = [] if known else [row for row in rows if row[column.name] is not None]
            if waiting:
                self.later.append(
                    (column, [{"key": row["id"], "value": row[column.name]} for row in waiting])
                )
                for row in waiting:
                    row[column.name] = None

    @cached_property
    def _expected(self) -> set[Table]:
        """Return the tables that have no rows yet, whose references have to wait."""
        connection = db.session.connection()
        return {
            table
            for table in Model.metadata.sorted_tables
            if connection.execute(select(func.count()).select_from(table)).scalar() == 0
        }

    def _seal(self, rows: list[_Values]) -> None:
        names = {
            column.name: OperationLog.__mapper__.get_property_by_column(column).key for column in _LOG.columns
        }
        records = [OperationLog(**{names[name]: value for name, value in row.items()}) for row in rows]
        heads, record_keys = seal_chains(records)
        for row, record in zip(rows, records, strict=True):
            row.update({name: getattr(record, key) for name, key in names.items() if name != "id"})
        for made in (heads, record_keys):
            table = made[0].__table__
            columns = [column.name for column in table.columns if column.name != "id"]
            self._insert(table, [{name: getattr(one, name) for name in columns} for one in made])

    @staticmethod
    def _insert(table: Table, rows: list[_Values]) -> None:
        for start in range(0, len(rows), _BATCH):
            db.session.execute(insert(table), rows[start : start + _BATCH])

    def finish(self) -> None:
        """Set the postponed references, write the words of the search, set the sequences past all rows."""
        for column, values in self.later:
            table = column.table
            statement = update(table).where(table.c.id == bindparam("key"))
            db.session.connection().execute(statement.values({column.name: bindparam("value")}), values)
        for index in kept_words():
            fill_words(index)
        if is_postgres():
            for table in self.loaded:
                _number_on(table)


def _number_on(table: Table) -> None:
    """Set the table's PostgreSQL sequence past the loaded rows."""
    key = table.c.get("id")
    if key is None:
        return
    name: str | None = key.default.name if isinstance(key.default, NumberSequence) else None
    if name is None:
        owned = text("SELECT pg_get_serial_sequence(:table, 'id')")
        name = db.session.execute(owned, {"table": table.name}).scalar()
    if name:
        last = db.session.connection().execute(select(func.max(key))).scalar()
        db.session.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})


@contextmanager
def _no_collection() -> Iterator[None]:
    """Switch garbage collection off: all objects stay until the end, and it costs a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
