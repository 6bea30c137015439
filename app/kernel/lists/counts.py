"""Counts that stop at a limit, and rows to be grouped: each access ground is read in its own index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, func, inspect, literal_column, select

from app.kernel.access.guard import require_scope
from app.kernel.database.session import db, is_postgres
from app.kernel.lists.grounds import split_statement, union_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


COUNT_LIMIT = 10_000


def count_up_to(statement: Select[Any], limit: int = COUNT_LIMIT) -> int:
    """Return the number of rows, counted no further than ``limit`` + 1."""
    return db.session.scalar(count_statement(statement, limit)) or 0


def count_statement(
    statement: Select[Any], limit: int = COUNT_LIMIT, *, order: Sequence[Any] = ()
) -> Select[Any]:
    """Return the statement of :func:`count_up_to`.  ``order``: that of a list without filters, whose index
    SQLite then counts instead of reading the table's rows.
    """
    counted = select(counted_statement(statement, limit, order=order))
    return counted.execution_options(**statement.get_execution_options())


def counts_up_to(asked: Mapping[str, Select[Any]], limit: int = COUNT_LIMIT) -> dict[str, int]:
    """Return several counts, each no further than ``limit`` + 1, in one statement."""
    if not asked:
        return {}
    columns = [counted_statement(statement, limit).label(name) for name, statement in asked.items()]
    marks: dict[str, Any] = {}
    for statement in asked.values():
        marks |= statement.get_execution_options()
    row = db.session.execute(select(*columns).execution_options(**marks)).one()
    return dict(zip(asked, row, strict=True))


def counts_and_presence(
    counted: Mapping[str, Select[Any]], present: Mapping[str, Select[Any]], limit: int = COUNT_LIMIT
) -> tuple[dict[str, int], frozenset[str]]:
    """Return several counts, each no further than ``limit`` + 1, and which of ``present`` have rows, in one
    statement.
    """
    columns = [counted_statement(statement, limit) for statement in counted.values()]
    columns += [counted_statement(statement, 0) for statement in present.values()]
    if not columns:
        return {}, frozenset()
    marks: dict[str, Any] = {}
    for statement in (*counted.values(), *present.values()):
        require_scope(statement)
        marks |= statement.get_execution_options()
    labelled = [column.label(f"count_{place}") for place, column in enumerate(columns)]
    row = db.session.execute(select(*labelled).execution_options(**marks)).one()
    counts = dict(zip(counted, row[: len(counted)], strict=True))
    flags = zip(present, row[len(counted) :], strict=True)
    return counts, frozenset(name for name, number in flags if number)


def counted_statement(statement: Select[Any], limit: int = COUNT_LIMIT, *, order: Sequence[Any] = ()) -> Any:
    """Return the number of rows as a scalar, for several counts in one statement.

    With several grounds, a row on more than one counts once; when the first ground alone exceeds the limit,
    the others are not read.
    """
    split = split_statement(statement)
    if split is None:
        ones: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        return _count(ones.order_by(None), limit)
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    grounds, rest = split
    parts = [select(key).where(*rest, *ground.conditions).limit(limit + 1) for ground in grounds]
    if order and len(rest) <= 1 and not is_postgres() and not any(ground.conditions for ground in grounds):
        parts = [part.order_by(*order) for part in parts]
    counted = _count(parts[0], limit)
    if len(parts) > 1:
        every = _count(select(union_rows(parts).c[0]), limit)
        counted = case((counted > limit, limit + 1), else_=every)
    return counted


def rows_by_ground(statement: Select[Any], *columns: Any, most: int | None = None) -> Any:
    """Return key and columns of the rows, each once, as a table to group: each ground is read in its own
    index.

    ``most`` limits the rows of each ground.
    """
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    split = split_statement(statement)
    if split is None:
        return statement.with_only_columns(key, *columns).order_by(None).limit(most).subquery()
    grounds, rest = split
    return union_rows(
        [select(key, *columns).where(*rest, *ground.conditions).limit(most) for ground in grounds]
    )


def _count(rows: Select[Any], limit: int) -> Any:
    """Return the number of rows as a scalar, no further than ``limit`` + 1."""
    return select(func.count()).select_from(rows.limit(limit + 1).subquery()).scalar_subquery()
