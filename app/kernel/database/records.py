"""One record: loaded, or NotFound; inserted, or the existing one changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ARRAY, JSON, Text, bindparam, cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.kernel.database.session import db, foreign_keys_planned_once, is_postgres
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Select, Table


R = TypeVar("R")
_MANY = 20_000  # rows in one statement


def get_one(
    statement: Select[R],
    *,
    lock: bool = False,
    key_share: bool = False,
    of: tuple[type[Any], ...] = (),
    parameters: Mapping[str, Any] | None = None,
) -> R:
    """Return the one record of a statement that is limited to what its caller may see.

    :param lock: hold the row until the transaction ends, and read it as it is now.
    :param key_share: the lock does not block rows that refer to it: others may write those meanwhile.
    :param of: the tables to lock; those of the record alone unless given.
    :param parameters: values of a prepared statement's bind parameters.
    :raises NotFound: when there is none.
    """
    if lock:
        root = of or statement.column_descriptions[0]["entity"]
        statement = statement.with_for_update(of=root, key_share=key_share).execution_options(
            populate_existing=True
        )
    found = db.session.scalars(statement, parameters or {}).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def upsert(
    model: type[Any],
    values: Mapping[str, Any],
    *,
    unique: Sequence[str],
    where: str = "",
    changes: Mapping[str, Any] | None = None,
    changes_if: ColumnElement[bool] | None = None,
) -> Any:
    """Return the statement that inserts ``values``, or makes ``changes`` in the row that has the same
    ``unique`` columns; without ``changes`` that row stays as it is, and ``RETURNING`` yields nothing.
    It is one statement, so that the database decides races.

    :param where: the condition of a partial unique index, written as the index has it.
    :param changes_if: the condition on the row that is there; one that does not meet it stays as it is.
    """
    insert_into = postgres_insert if is_postgres() else sqlite_insert
    inserted = insert_into(model).values(dict(values))
    index: dict[str, Any] = {"index_elements": [*unique], "index_where": text(where) if where else None}
    if changes is None:
        return inserted.on_conflict_do_nothing(**index)
    return inserted.on_conflict_do_update(**index, set_=dict(changes), where=changes_if)


def insert_many(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert very many rows, past the session; all of them have the same columns, by their names. Defaults
    that are computed are not applied.

    PostgreSQL gets one array for each column, in one statement: a statement for each row takes five times as
    long.
    """
    if not rows:
        return
    if not is_postgres():
        db.session.execute(insert(table), rows)
        return
    columns = [table.c[name] for name in rows[0]]
    statement = insert(table).from_select(columns, select(*map(_unnested, columns)))
    with foreign_keys_planned_once():
        _insert_arrays(statement, columns, rows)


def _insert_arrays(statement: Any, columns: Sequence[Column[Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), _MANY):
        part = rows[start : start + _MANY]
        db.session.execute(statement, {one.name: _array(one, part) for one in columns})


def _unnested(column: Column[Any]) -> Any:
    """Return the values of an array as rows; JSON is sent as text."""
    if isinstance(column.type, JSON):
        return cast(func.unnest(bindparam(column.name, type_=ARRAY(Text))), column.type)
    return func.unnest(bindparam(column.name, type_=ARRAY(column.type)))


def _array(column: Column[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row[column.name] for row in rows]
    if isinstance(column.type, JSON):
        return [None if value is None else json.dumps(value) for value in values]
    return values
