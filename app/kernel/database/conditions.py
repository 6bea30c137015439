"""SQL expressions that SQLite and PostgreSQL write differently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Date, Select, any_, bindparam, cast, func, select

from app.kernel.database.session import is_postgres

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement


def local_day(column: Any) -> Any:
    """Return the day of a moment in the users' time zone, for grouping; on SQLite as text, ``2026-01-31``."""
    if is_postgres():
        return cast(func.timezone("Asia/Shanghai", column), Date)
    return func.date(column, "+8 hours")


def id_in(column: Any, values: Collection[int] | Select[Any]) -> ColumnElement[bool]:
    """Return the condition that the column holds one of the values, which are one parameter: a long list
    makes neither a long statement nor a new one for each length.
    """
    if isinstance(values, Select):
        return column.in_(values)  # type: ignore[no-any-return]
    given = sorted(values)
    if len(given) == 1:
        return column == given[0]  # type: ignore[no-any-return]
    if is_postgres():
        return column == any_(id_array(given))  # type: ignore[no-any-return]
    return column.in_(select(id_json(given).c.value))  # type: ignore[no-any-return]


def id_array(given: list[int]) -> Any:
    """Return ids as an array of PostgreSQL."""
    return bindparam(None, given, type_=ARRAY(BigInteger))


def id_json(given: list[int]) -> Any:
    """Return ids as JSON, which SQLite reads as rows."""
    return func.json_each(bindparam(None, json.dumps(given))).table_valued("value")
