"""Insert a row, or change the existing one: one statement, so that the database decides races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.kernel.database.session import is_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def upsert(
    model: type[Any],
    values: Mapping[str, Any],
    *,
    unique: Sequence[str],
    where: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Any:
    """Return the statement that inserts ``values``, or makes ``changes`` in the row that has the same
    ``unique`` columns; without ``changes`` that row stays as it is, and ``RETURNING`` yields nothing.

    :param where: the condition of a partial unique index, written as the index has it.
    """
    insert = postgres_insert if is_postgres() else sqlite_insert
    inserted = insert(model).values(dict(values))
    index: dict[str, Any] = {"index_elements": [*unique], "index_where": text(where) if where else None}
    if changes is None:
        return inserted.on_conflict_do_nothing(**index)
    return inserted.on_conflict_do_update(**index, set_=dict(changes))
