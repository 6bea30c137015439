"""Pack an installation in which the services wrote the history into the file that others load."""

from __future__ import annotations

import base64
import hashlib
import json
import lzma
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.audit.models import OperationLog
from app.kernel.database.numbering import DailySequence
from app.kernel.database.session import Model, db
from app.kernel.files.storage import storage
from app.kernel.keys import keys
from app.kernel.lists.words import kept_words
from demo.columns import NOT_PACKED, Calendar, Dates, kind_by_type
from demo.history import CUSTOMERS, PRESENT, REFERRALS, write_history

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Column, Table

_Rows = list[dict[str, Any]]
_MAY_CHANGE = {"org_version"}  # rows that every installation delivers


def pack_demo(path: Path, customers: int = CUSTOMERS, referrals: int = REFERRALS) -> None:
    """Write the history in the present, freshly initialised installation, and pack it into the file.

    The same plans and services give the same bytes, whatever the installation's keys.
    """
    tables = Model.metadata.sorted_tables
    delivered = {table.name: rows for table in tables if (rows := _read(table))}
    write_history(customers, referrals)
    content = {table.name: _read(table) for table in tables}
    for name, rows in delivered.items():
        if name not in _MAY_CHANGE and content[name] != rows:
            message = f"the history changes {name}, which every installation has already"
            raise ValueError(message)
    packer = _Packer(delivered, content)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    with lzma.open(path, "wt", encoding="utf-8", newline="\n", filters=filters) as file:
        for line in packer.lines():
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _read(table: Table) -> _Rows:
    statement = select(table).order_by(*table.primary_key.columns)
    rows = [dict(row) for row in db.session.connection().execute(statement).mappings()]
    return with_readable_values(rows) if table is OperationLog.__table__ else rows


def with_readable_values(rows: _Rows) -> _Rows:
    """Return rows of the operation log with all values readable: loading encrypts them with keys of
    its own.
    """
    found = {row.id: row for row in db.session.scalars(select(OperationLog))}
    return [
        {
            **row,
            "parameters": found[row["id"]].parameters,
            "differences": found[row["id"]].differences,
            "personal": None,
        }
        for row in rows
    ]


class _Packer:
    def __init__(self, delivered: dict[str, _Rows], content: dict[str, _Rows]) -> None:
        left_out = NOT_PACKED | {index.table.name for index in kept_words()}
        self.delivered = delivered
        self.content = {
            name: rows
            for name, rows in content.items()
            if rows and name not in delivered and name not in left_out
        }
        self.calendar = Calendar(PRESENT, PRESENT)
        self.prefixes = sorted({row["prefix"] for row in content[DailySequence.__tablename__]})
        self.dates = Dates(self.prefixes)
        self.plain = self._plain_by_index()
        self.files: dict[str, str] = {}  # storage name → digest

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the header, the files, then the tables, referenced ones first."""
        counts = {name: len(self.content.get(name, ())) for name in ("ab_user", "customer", "referral")}
        summary = "{ab_user} accounts, {customer} customers, {referral} referrals".format(**counts)
        yield {"present": PRESENT.isoformat(), "prefixes": self.prefixes, "summary": summary}
        tables = [list(self._pack_table(name)) for name in self.content]
        contents: dict[str, str] = {}
        for stored, digest in self.files.items():
            contents.setdefault(digest, stored)
        for digest, stored in contents.items():
            content = b"".join(storage().read(stored))
            yield {"file": digest, "content": base64.b64encode(content).decode()}
        for (name, rows), columns in zip(self.content.items(), tables, strict=True):
            written = {column_name for column_name, _kind, _values in columns}
            empty = [one.name for one in Model.metadata.tables[name].columns if one.name not in written]
            yield {"table": name, "rows": len(rows), "empty": empty, "columns": columns}

    def _pack_table(self, name: str) -> Iterator[list[Any]]:
        table = Model.metadata.tables[name]
        packed = {column.name: self._pack_column(column) for column in table.columns}
        # Keys may be blind indexes: sorted by their plain values, the bytes are always the same.
        keys_of_rows = zip(*(packed[column.name][1] for column in table.primary_key.columns), strict=True)
        order = [place for _key, place in sorted((key, place) for place, key in enumerate(keys_of_rows))]
        for column_name, (kind, values) in packed.items():
            if any(value is not None for value in values):
                yield [column_name, kind, [values[place] for place in order]]

    def _pack_column(self, column: Column[Any]) -> tuple[str, list[Any]]:
        values = [row[column.name] for row in self.content[column.table.name]]
        kind = self._kind(column, values)
        pack = getattr(self, f"_pack_{kind}")
        return kind, [None if value is None else pack(column, value) for value in values]

    def _kind(self, column: Column[Any], values: Sequence[Any]) -> str:
        if any(key.column.table.name in self.delivered for key in column.foreign_keys):
            return "named"
        kind = kind_by_type(column)
        if kind != "plain":
            return kind
        if any(isinstance(value, str) and value in self.plain for value in values):
            return "index"
        return "dated" if any(map(self.dates.occur_in, values)) else "plain"

    def _plain_by_index(self) -> dict[str, str]:
        """Return the plain value of each blind index."""
        secrets = (
            self._pack_secret(column, row[column.name])
            for name, rows in self.content.items()
            for column in Model.metadata.tables[name].columns
            if kind_by_type(column) == "secret"
            for row in rows
            if row[column.name] is not None
        )
        return {keys().index(plain): plain for plain in secrets}

    def _pack_plain(self, column: Column[Any], value: Any) -> Any:
        json.dumps(value)  # refuses a type that has no kind
        return value

    _pack_dated = _pack_plain

    def _pack_made(self, _column: Column[Any], _value: Any) -> int:
        return 1

    def _pack_secret(self, _column: Column[Any], value: str) -> str:
        return keys().fernet.decrypt(value.encode()).decode()

    def _pack_index(self, _column: Column[Any], value: str) -> str:
        return self.plain[value]

    def _pack_moment(self, _column: Column[Any], value: Any) -> float:
        return self.calendar.seconds(value)

    def _pack_naive(self, _column: Column[Any], value: Any) -> float:
        return self.calendar.seconds(value.replace(tzinfo=PRESENT.tzinfo))

    def _pack_day(self, _column: Column[Any], value: Any) -> int:
        return self.calendar.day_number(value)

    def _pack_decimal(self, _column: Column[Any], value: Any) -> str:
        return str(value)

    def _pack_file(self, column: Column[Any], value: str) -> str:
        digest = self.files.get(value)
        if digest is None:
            digest = self.files[value] = _digest(value)
        return digest

    def _pack_named(self, column: Column[Any], value: Any) -> str:
        (key,) = column.foreign_keys
        rows = self.delivered[key.column.table.name]
        return next(str(row["name"]) for row in rows if row[key.column.name] == value)


def _digest(stored: str) -> str:
    return hashlib.sha256(b"".join(storage().read(stored))).hexdigest()
