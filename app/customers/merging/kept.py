"""What a merge changes, row by row, and how the undo puts it back (CUST-9).

Every table that names a customer is read before and after: whatever the parts' answers did to rows of the two
files is known, without their help.  Values are kept as JSON; those of both files themselves too.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, LargeBinary, Numeric, and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from app.customers.listing.models import CustomerGram
from app.customers.merging.models import CustomerMerge, DuplicatePair
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import Model, db
from app.kernel.files.attachments import Attachment
from app.kernel.keys import Encrypted, keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Column, ColumnElement, Table

Values = dict[str, Any]
Key = tuple[Any, ...]
Rows = dict[tuple[str, Key], Values]

# Derived from the customer, or kept by merges themselves.
_OWN = frozenset(
    {
        Customer.__tablename__,
        CustomerGram.__tablename__,
        CustomerMerge.__tablename__,
        DuplicatePair.__tablename__,
        "customer_word",
        "phone_claim",
    }
)


@cache
def customer_columns() -> dict[Table, list[Column[Any]]]:
    """Return the columns that name a customer, of all tables but those that a merge keeps by itself."""
    found: dict[Table, list[Column[Any]]] = {}
    for table in Model.metadata.sorted_tables:
        columns = [key.parent for key in table.foreign_keys if key.column is Customer.__table__.c.id]
        if columns and table.name not in _OWN:
            found[table] = sorted(columns, key=lambda column: column.name)
    return found


def _conditions(ids: Sequence[int]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    for table, columns in customer_columns().items():
        yield table, or_(*(column.in_(ids) for column in columns))
    files: Any = Attachment.__table__
    yield files, and_(files.c.subject_kind == Customer.__files__, files.c.subject_id.in_(ids))


def _key(table: Table, row: Values) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


def rows_of(ids: Sequence[int]) -> Rows:
    """Read all rows that name one of the customers: (table, key) → values as JSON."""
    db.session.flush()
    found: Rows = {}
    with unscoped("a merge and its undo concern all that hangs on two files, whoever may see it (CUST-9)"):
        for table, condition in _conditions(ids):
            for row in db.session.execute(select(table).where(condition)).mappings():
                values = _packed_row(table, row)
                found[table.name, _key(table, values)] = values
    return found


@dataclass
class RowChanges:
    """Rows that a merge changed (column → before and after), added and deleted."""

    changed: list[dict[str, Any]] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as :class:`CustomerMerge` keeps it."""
        return {"changed": self.changed, "made": self.made, "removed": self.removed}


def changes_between(before: Rows, after: Rows) -> RowChanges:
    """Compare what was read before and after."""
    found = RowChanges()
    for (table, key), values in before.items():
        now = after.get((table, key))
        if now is None:
            found.removed.append({"table": table, "values": values})
            continue
        differences = {name: [was, now[name]] for name, was in values.items() if now[name] != was}
        if differences:
            found.changed.append({"table": table, "key": [*key], "columns": differences})
    for (table, key), values in after.items():
        if (table, key) not in before:
            found.made.append({"table": table, "key": [*key], "values": values})
    return found


def put_back(changes: dict[str, Any]) -> dict[str, int]:
    """Put rows back as they were before the merge; return how many stay with the survivor, by table, because
    they were changed since.
    """
    db.session.flush()
    stayed: dict[str, int] = defaultdict(int)
    with unscoped("a merge and its undo concern all that hangs on two files, whoever may see it (CUST-9)"):
        for one in changes["made"]:
            stayed[one["table"]] += not _take_away(one)
        for name, group in _by_table(changes["changed"]).items():
            stayed[name] += _restore(_table(name), group)
        for one in changes["removed"]:
            stayed[one["table"]] += not _insert_again(one)
    db.session.expire_all()
    return {name: number for name, number in stayed.items() if number}


def _table(name: str) -> Table:
    return Model.metadata.tables[name]


def _by_table(changed: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in changed:
        found.setdefault(one["table"], []).append(one)
    return found


def _is_key(table: Table, keys: Sequence[Sequence[Any]]) -> ColumnElement[bool]:
    columns = [*table.primary_key]
    unpacked = [[_unpacked(c, v) for c, v in zip(columns, key, strict=True)] for key in keys]
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in unpacked])
    return tuple_(*columns).in_([tuple(key) for key in unpacked])


_MOST = 500  # keys in a statement


def _locked(table: Table, keys: Sequence[Sequence[Any]]) -> dict[Key, Values]:
    """Read rows as they are now, locked: key → values as JSON."""
    found: dict[Key, Values] = {}
    for at in range(0, len(keys), _MOST):
        statement = select(table).where(_is_key(table, keys[at : at + _MOST])).with_for_update()
        for row in db.session.execute(statement).mappings():
            values = _packed_row(table, row)
            found[_key(table, values)] = values
    return found


def _take_away(one: dict[str, Any]) -> bool:
    """Delete a row that the merge added, unless it was changed since."""
    table = _table(one["table"])
    now = _locked(table, [one["key"]])
    if not now:
        return True
    if now[tuple(one["key"])] != one["values"]:
        return False
    db.session.execute(delete(table).where(_is_key(table, [one["key"]])))
    return True


def _restore(table: Table, changed: list[dict[str, Any]]) -> int:
    """Give rows their former values; return how many were changed since, or are gone."""
    now = _locked(table, [one["key"] for one in changed])
    same: dict[str, list[dict[str, Any]]] = {}
    stayed = 0
    for one in changed:
        row = now.get(tuple(one["key"]))
        if row is None or any(row[name] != after for name, (_before, after) in one["columns"].items()):
            stayed += 1
        else:
            same.setdefault(repr(one["columns"]), []).append(one)
    for group in same.values():
        columns = group[0]["columns"]
        values = {name: _unpacked(table.c[name], before) for name, (before, _after) in columns.items()}
        keys = [one["key"] for one in group]
        for at in range(0, len(keys), _MOST):
            db.session.execute(update(table).where(_is_key(table, keys[at : at + _MOST])).values(values))
    return stayed


def _insert_again(one: dict[str, Any]) -> bool:
    """Insert a row that the merge deleted; not where another one has taken its place."""
    table = _table(one["table"])
    values = {name: _unpacked(table.c[name], value) for name, value in one["values"].items()}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(table).values(values))
    except IntegrityError:
        return False
    return True


def file_values(customer: Customer) -> Values:
    """Return the columns of a file itself as JSON, without those that only count."""
    db.session.flush()
    table: Any = Customer.__table__
    with unscoped("a merge and its undo concern all that hangs on two files, whoever may see it (CUST-9)"):
        row = db.session.execute(select(table).where(table.c.id == customer.id)).mappings().one()
    return {k: v for k, v in _packed_row(table, row).items() if k not in {"version", "name_search"}}


def differences(before: Values, after: Values) -> dict[str, list[Any]]:
    """Return the columns that differ: name → before and after."""
    return {name: [was, after[name]] for name, was in before.items() if after[name] != was}


def set_column(customer: Customer, name: str, value: Any) -> None:
    """Give a file a former value, as it was kept."""
    setattr(customer, name, _unpacked(Customer.__table__.c[name], value))


def _packed_row(table: Table, row: Any) -> Values:
    return {name: _packed(table.c[name], value) for name, value in row.items()}


def _packed(column: Any, value: Any) -> Any:
    if isinstance(column.type, Encrypted) and value is not None:
        return keys().fernet.decrypt(value.encode()).decode()  # all of it is encrypted together again
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


_READ: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Encrypted, lambda value: keys().fernet.encrypt(value.encode()).decode()),
    (UtcDateTime, datetime.fromisoformat),
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Numeric, Decimal),
    (LargeBinary, base64.b64decode),
)


def _unpacked(column: Any, value: Any) -> Any:
    if value is None:
        return None
    read = next((read for kind, read in _READ if isinstance(column.type, kind)), None)
    return read(value) if read else value


def seal(content: dict[str, Any]) -> str:
    """Encrypt what a merge changed, for :class:`CustomerMerge`."""
    return keys().fernet.encrypt(json.dumps(content).encode()).decode()


def opened(cipher: str) -> dict[str, Any]:
    """Read what a merge changed."""
    content: dict[str, Any] = json.loads(keys().fernet.decrypt(cipher.encode()))
    return content
