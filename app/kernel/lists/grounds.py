"""Access grounds: keeps a list that is open on several grounds as fast as one that is open on one.

"Mine, or my departments', or shared with me" is an OR, and no database walks an index in order through an OR:
it reads and sorts everything that matches. :class:`AccessGrounds` therefore keeps its grounds apart.  Its
statement contains the OR, so that it is correct wherever it is executed; a list, which needs only the first
rows of an order, reads the first rows of each ground in that ground's own index instead, and merges them
(``app.kernel.lists``).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import and_ as and_operator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, column, false, func, or_, select, table, true, union

from app.kernel.database.conditions import id_array, id_in, id_json
from app.kernel.database.session import is_postgres

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, FromClause


_OPTION = "kepan_access_grounds"


@dataclass(frozen=True, eq=False)
class AccessGround:
    """One ground: ``condition``, and if ``column`` is named, the condition that it holds one of ``values``.

    Each value is read separately in an index that begins with the column and continues with the list's order.
    ``values`` are ids, or a statement that selects them.
    """

    condition: ColumnElement[bool] | None = None
    column: Any = None
    values: Collection[int] | Select[Any] = ()

    @property
    def is_empty(self) -> bool:
        """True if no row can be on this ground."""
        return self.column is not None and not isinstance(self.values, Select) and not self.values

    @property
    def is_single(self) -> bool:
        """True if the ground is read in one piece."""
        return self.column is None or (not isinstance(self.values, Select) and len(self.values) == 1)

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The ground as conditions."""
        parts = [] if self.condition is None else [self.condition]
        if self.column is not None:
            parts.append(id_in(self.column, self.values))
        return parts


@dataclass(frozen=True, eq=False)
class AccessGrounds:
    """All grounds on which an actor may access rows; ``condition`` is their OR."""

    grounds: tuple[AccessGround, ...]
    condition: ColumnElement[bool]


def narrow_to_grounds(statement: Select[Any], grounds: Iterable[AccessGround]) -> Select[Any]:
    """Narrow a statement to the rows on any of the grounds."""
    kept = tuple(ground for ground in grounds if not ground.is_empty)
    if not kept:
        return statement.where(false())
    access = AccessGrounds(kept, or_(*(and_(true(), *ground.conditions) for ground in kept)))
    return statement.where(access.condition).execution_options(**{_OPTION: access})


def split_statement(statement: Select[Any]) -> tuple[tuple[AccessGround, ...], list[Any]] | None:
    """Split a statement into its grounds and its other conditions; without grounds, one unconditional ground.

    Return None when the statement was changed so that it cannot be split.  The unsplit statement is always
    correct; the grounds are only faster.
    """
    if statement._setup_joins or statement._from_obj or statement._group_by_clauses:  # noqa: SLF001 - no public name tells joins without compiling
        return None
    where = statement.whereclause
    if where is None:
        return (AccessGround(),), []
    clauses = [*where.get_children()] if getattr(where, "operator", None) is and_operator else [where]
    access: AccessGrounds | None = statement.get_execution_options().get(_OPTION)
    if access is None:
        return (AccessGround(),), clauses
    own = {id(access.condition)}
    if getattr(access.condition, "operator", None) is and_operator:
        own = {id(clause) for clause in access.condition.get_children()}
    rest = [clause for clause in clauses if id(getattr(clause, "element", clause)) not in own]
    return (access.grounds, rest) if len(rest) == len(clauses) - len(own) else ((AccessGround(),), clauses)


@dataclass(frozen=True, eq=False)
class RowRequest:
    """The rows that a list reads of each ground: columns (the key first), extra conditions, order, number;
    ``source`` where the conditions add a table.
    """

    columns: Sequence[Any]
    conditions: Sequence[ColumnElement[bool]]
    order: Sequence[ColumnElement[Any]]
    first: int
    source: FromClause | None = None

    def rows(self, *grounds: ColumnElement[bool] | None) -> Select[Any]:
        """Return the first rows on these grounds, read in the order's index."""
        extra = [ground for ground in grounds if ground is not None]
        statement = select(*self.columns).where(*self.conditions, *extra)
        if self.source is not None:
            statement = statement.select_from(self.source)
        return statement.order_by(*self.order).limit(self.first)


def first_rows(ground: AccessGround, wanted: RowRequest) -> Select[Any]:
    """Return the first rows of one ground.

    A single value is an equality.  With several values, each yields its own first rows: PostgreSQL reads them
    as a lateral join, SQLite as a correlated ``IN``, which it evaluates once per value.
    """
    if ground.column is None:
        return wanted.rows(ground.condition)
    if ground.is_single:
        return wanted.rows(ground.condition, ground.column == next(iter(ground.values)))  # type: ignore[arg-type]
    each = _values_table(ground.values)
    rows = wanted.rows(ground.condition, ground.column == each.c.value).correlate(each)
    if is_postgres():
        lateral = rows.lateral()
        return select(*lateral.c).select_from(each.join(lateral, true()))
    twin = _aliased(wanted.columns)
    keys = rows.with_only_columns(wanted.columns[0])
    return select(*twin.c).select_from(each.join(twin, twin.c[0].in_(keys)))


def _values_table(values: Collection[int] | Select[Any]) -> FromClause:
    """Return the values as rows of one column."""
    if isinstance(values, Select):
        inner = values.subquery()
        return select(inner.c[0].label("value")).subquery()
    given = sorted(values)
    if is_postgres():
        return func.unnest(id_array(given)).table_valued("value").render_derived()
    rows: FromClause = id_json(given)
    return rows


def _aliased(columns: Sequence[Any]) -> FromClause:
    """Return the same table under another name, with these columns only."""
    return table(columns[0].table.name, *(column(one.name, one.type) for one in columns)).alias()


def union_rows(statements: Sequence[Select[Any]]) -> FromClause:
    """Return the rows of several statements, each once."""
    if len(statements) == 1:
        return statements[0].subquery()
    return union(*(select(*part.c) for part in (one.subquery() for one in statements))).subquery()
