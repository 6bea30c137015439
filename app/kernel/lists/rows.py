"""Rows as columns: a list reads what its cells and rules need of a page in one statement, without records.

A context declares for a table which columns its row has, which of them each cell reads, and which facts the
rules need (:class:`RowShape`).  Cells and policies run unchanged on the rows, because these have the record's
attributes; what a row was not read with fails loudly.  The statement is made of the list's own search for a
page, so that scope, order and cursors are the same; without the scope's mark it is refused, as by the guard.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import select

from app.kernel.access.guard import UnscopedAccessError, is_scoped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


V = TypeVar("V")


class part(Generic[V]):  # noqa: N801 - a decorator
    """A part of a row that is made of its columns when it is first asked for; ``functools.cached_property``
    locks, which costs a list of twenty rows more than its statement.
    """

    def __init__(self, make: Callable[[Any], V]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, row: Any, _kind: Any = None) -> V:
        made = row.__dict__[self.name] = self.make(row)
        return made


class ListRow:
    """A record as a list read it: the columns under the record's names.  A subclass adds what is made of
    them.
    """

    id: int

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        message = f"{type(self).__name__} was read without {name}"
        raise AttributeError(message)


@dataclass(frozen=True, eq=False)
class RowShape:
    """How the rows of a table are read as columns.

    ``row`` is their class and ``table`` the table; ``columns``: attribute → column, where that is not the
    table's column of that name, or a scalar that is correlated to the table.  ``always`` are the attributes
    that rules, buttons and addresses read; ``reads``: cell → the attributes that it reads.
    ``fact_columns(actor)`` returns attribute → scalar for what rules need beyond the record, and
    ``facts_of(rows, actor)`` makes the facts of it, without a statement.
    """

    row: type[ListRow]
    table: Any
    always: Sequence[str]
    reads: Mapping[str, Sequence[str]]
    columns: Mapping[str, Any] = field(default_factory=dict)
    fact_columns: Callable[[Actor], Mapping[str, Any]] = lambda _actor: {}
    facts_of: Callable[[Sequence[Any], Actor], Mapping[int, Any]] = lambda _rows, _actor: {}

    def covers(self, cells: Iterable[str]) -> bool:
        """Return True if the rows can show these columns of the list."""
        return all(name in self.reads for name in cells)

    def column(self, name: str) -> Any:
        """Return the column of an attribute."""
        return self.columns[name] if name in self.columns else self.table.c[name]


class RowReader:
    """Reads the rows of one list with these cells for one person; ``also``: further columns of the table."""

    def __init__(
        self, shape: RowShape, cells: Iterable[str], actor: Actor, *, also: Iterable[Any] = ()
    ) -> None:
        self.shape = shape
        self.actor = actor
        read = (name for cell in cells for name in shape.reads[cell])
        self.names = tuple(dict.fromkeys([*shape.always, *read, *(column.key for column in also)]))

    def columns(self, ordered_by: Any) -> Mapping[str, Any]:
        """Return attribute → column; kept with the actor, because scalars take long to make."""
        key = self.shape, self.names, ordered_by.key
        if key not in self.actor.memory:
            found = {name: self.shape.column(name) for name in self.names}
            found.setdefault(ordered_by.key, ordered_by)
            self.actor.memory[key] = {**found, **self.shape.fact_columns(self.actor)}
        columns: Mapping[str, Any] = self.actor.memory[key]
        return columns

    def statement(
        self, keys: Select[Any], marks: Any, ordered_by: Any, order: Callable[[Any, Any], Any]
    ) -> Any:
        """Return the statement of a page: the rows of ``keys``, which selects key and order value.

        :raises UnscopedAccessError: when the list bears no scope.
        """
        columns = self.columns(ordered_by)
        page = keys.subquery()
        table = self.shape.table
        rows = select(*columns.values()).select_from(page.join(table, table.c.id == page.c[0]))
        made = rows.order_by(*order(page.c[1], page.c[0])).execution_options(**marks)
        if not is_scoped(made):
            message = f"a list of {table.name} bears no scope"
            raise UnscopedAccessError(message)
        return made

    def rows(self, found: Iterable[Any], ordered_by: Any) -> list[Any]:
        """Return what the statement answered as rows."""
        names = [*self.columns(ordered_by)]
        return [self.shape.row(dict(zip(names, values, strict=True))) for values in found]

    def facts(self, rows: Sequence[Any]) -> Mapping[int, Any]:
        """Return record → facts of the rules."""
        return self.shape.facts_of(rows, self.actor)
