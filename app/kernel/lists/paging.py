"""Lists: one grammar of paging, order and filters for pages and API; bounded counts; a fixed number of
statements regardless of the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Select, inspect, select, tuple_

from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.lists.counts import COUNT_LIMIT, count_statement
from app.kernel.lists.grounds import RowRequest, first_rows, split_statement, union_rows
from app.kernel.lists.requests import (
    ListRequest,
    ListSpec,
    Position,
    may_be_null,
    plain_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from app.kernel.access.actor import Actor
    from app.kernel.lists.rows import RowReader


M = TypeVar("M")

_MAX_PLANS = 12
_LONG_FOR = timedelta(minutes=1)
_JOINED_ORDER = "kepan_walked"


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of records.  ``total`` is a lower bound when it is not exact.

    ``after`` and ``before`` are the cursors of the next and the previous page; empty where there is none.
    ``sums``: column → total of the whole list, where totals are shown.  ``facts``: record → what the rules
    read, where the rows were read with it.
    """

    items: Sequence[M]
    total: int
    total_is_exact: bool
    after: str = ""
    before: str = ""
    sums: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[int, Any] | None = None


def ordered_by_joined_table(statement: Select[Any], column: Any, by: Any, key: Any) -> Select[Any]:
    """Declare that a condition joins a table whose index has the order of ``column``: a list in that order
    reads its columns ``by`` and ``key`` instead.  They must always equal the column and the record's key.
    """
    if statement.get_execution_options().get(_JOINED_ORDER):
        return statement
    return statement.execution_options(**{_JOINED_ORDER: {column.key: (by, key)}})


class Plans(dict[Any, Any]):
    """Cached statements for the first pages of a list, for other readers of the same list; and for a minute
    that it has more rows than are counted.
    """

    is_whole = True
    _many_until: datetime | None = None

    @property
    def is_long(self) -> bool:
        """True if the list had more rows than are counted a moment ago."""
        return self._many_until is not None and clock.now() < self._many_until

    def note_total(self, total: int) -> None:
        """Remember that there were more rows than are counted; smaller numbers are always exact."""
        self._many_until = clock.now() + _LONG_FOR if total > COUNT_LIMIT else None

    def get_or_make(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return the statement of that kind, built once."""
        if key in self:
            return self[key]
        made = make()
        if len(self) < _MAX_PLANS:
            self[key] = made
        return made


def kept_plans(actor: Actor, key: Any, whole: Select[Any]) -> Plans:
    """Return the actor's plans of a list without filters, while its scope returns the same statement."""
    if actor.memory.get(key, (None,))[0] is not whole:
        actor.memory[key] = whole, Plans()
    kept: Plans = actor.memory[key][1]
    return kept


def fetch_page(
    statement: Select[M],
    spec: ListSpec,
    asked: ListRequest,
    *options: Any,
    plans: Plans | None = None,
    reader: RowReader | None = None,
    bound: Mapping[str, Any] | None = None,
) -> Page[M]:
    """Read one page: the keys, in the order's index, their records, then the count.  A ``reader`` reads rows
    instead of records, together with the keys.

    ``plans`` belong to this statement only; ``bound`` are the values of its bind parameters.
    """
    order = _default_order(spec, statement) if plans is not None and plans.is_whole else ()
    plans = Plans() if plans is None else plans
    entity = statement.column_descriptions[0]["entity"]
    walk = _PageSearch(statement, spec, asked, inspect(entity).primary_key[0])
    walk.bound = dict(bound or {})
    items, more = walk.records(entity, options, plans) if reader is None else walk.rows(reader, plans)
    if asked.before:
        items.reverse()
    total, exact = _total(statement, asked, len(items), more=more, plans=plans, order=order, bound=walk.bound)
    ends = (items[-1], items[0]) if items else (None, None)
    forward = more or asked.before is not None
    backward = more if asked.before else (asked.page > 1 or asked.after is not None)
    return Page(
        items,
        total,
        exact,
        after=walk.position(ends[0]).word() if forward and items else "",
        before=walk.position(ends[1]).word() if backward and items else "",
        facts=None if reader is None else reader.facts(items),
    )


def _default_order(spec: ListSpec, statement: Select[Any]) -> tuple[Any, Any]:
    """Return the order in which the list is at first: there is an index of it."""
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    column = plain_value(spec.orders[spec.default_order.removeprefix("-")])
    return (column.desc(), key.desc()) if spec.default_order.startswith("-") else (column, key)


def neighbours(
    statement: Select[Any], spec: ListSpec, asked: ListRequest, record: Any
) -> tuple[int | None, int | None]:
    """Return the keys of the records before and after this one in the list's order, in one statement; None at
    its ends.  The record itself need not be in the list any more.
    """
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    asked = replace(asked, page=1, page_size=0, after=None, before=None)  # one row more than the page is read
    here = _PageSearch(statement, spec, asked, key).position(record)
    sides = [replace(asked, before=here), replace(asked, after=here)]
    found = [_PageSearch(statement, spec, side, key).keys().subquery() for side in sides]
    columns = [select(one.c[0]).scalar_subquery() for one in found]
    previous, following = db.session.execute(
        select(*columns).execution_options(**statement.get_execution_options())
    ).one()
    return previous, following


def every_key(statement: Select[Any], spec: ListSpec, asked: ListRequest, *, most: int) -> list[int]:
    """Return the keys of the whole list in its order, at most ``most`` + 1."""
    entity = statement.column_descriptions[0]["entity"]
    asked = replace(asked, page=1, page_size=most, after=None, before=None)
    walk = _PageSearch(statement, spec, asked, inspect(entity).primary_key[0])
    return [*db.session.scalars(walk.keys().execution_options(**statement.get_execution_options()))]


def page_keys(statement: Select[Any], spec: ListSpec, asked: ListRequest) -> Select[Any]:
    """Return the statement of one page's keys, read in the order's index as the page itself reads them."""
    entity = statement.column_descriptions[0]["entity"]
    walk = _PageSearch(statement, spec, asked, inspect(entity).primary_key[0])
    return walk.keys(peek=False)


def key_parts(
    statement: Select[Any], spec: ListSpec, asked: ListRequest, *, size: int = 5000
) -> Iterator[list[int]]:
    """Yield the keys of the whole list in its order, in parts, however long it is."""
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    asked = replace(asked, page=1, page_size=size - 1, after=None, before=None)
    while True:
        keys = _PageSearch(statement, spec, asked, key).keys()
        rows = db.session.execute(keys.execution_options(**statement.get_execution_options())).all()
        yield [row[0] for row in rows]
        if len(rows) < size:
            return
        asked = replace(asked, after=Position(asked.order_by, rows[-1][1], rows[-1][0]))


def in_batches(statement: Select[M], keys: Sequence[int], *options: Any, size: int = 500) -> Iterator[M]:
    """Yield the records of these keys of the list, read in batches; none stays in memory."""
    entity = statement.column_descriptions[0]["entity"]
    marks = statement.get_execution_options()
    for start in range(0, len(keys), size):
        part = [*keys[start : start + size]]
        yield from _records(entity, inspect(entity).primary_key[0], part, options, marks)


def _records(entity: Any, key: Any, keys: list[int], options: Any, marks: Any) -> list[Any]:
    """Return the records of these keys, in their order: a statement that is the same for every list of its
    kind.
    """
    if not keys:
        return []
    statement = select(entity).where(id_in(key, keys)).options(*options).execution_options(**marks)
    found = {record.id: record for record in db.session.scalars(statement)}
    return [found[pk] for pk in keys if pk in found]


def _total(
    statement: Select[Any],
    asked: ListRequest,
    read: int,
    *,
    more: bool,
    plans: Plans,
    order: Sequence[Any],
    bound: Mapping[str, Any],
) -> tuple[int, bool]:
    """Return the number of rows, counted only where the page alone does not determine it."""
    by_key = asked.after or asked.before
    seen = (asked.page - 1) * asked.page_size + read
    if not by_key and not more and (read or asked.page == 1):
        return seen, True
    if not by_key and more and seen >= COUNT_LIMIT:
        return COUNT_LIMIT, False
    if plans.is_long:
        return COUNT_LIMIT, False
    counted = plans.get_or_make(count_statement, lambda: count_statement(statement, order=order))
    total = db.session.scalar(counted, bound) or 0
    if plans.is_whole:
        plans.note_total(total)
    return min(total, COUNT_LIMIT), total <= COUNT_LIMIT


class _PageSearch:
    """The search for one page's keys: which grounds, in which order, from which position."""

    def __init__(self, statement: Select[Any], spec: ListSpec, asked: ListRequest, key: Any) -> None:
        self.statement = statement
        self.bound: dict[str, Any] = {}
        self.asked = asked
        self.key = key
        self.column = plain_value(spec.orders[asked.order_by.removeprefix("-")])
        self.descending = asked.order_by.startswith("-") != (asked.before is not None)
        self.nullable = may_be_null(self.column)
        aliases = statement.get_execution_options().get(_JOINED_ORDER, {})
        self.order_column, self.order_key = aliases.get(self.column.key, (self.column, key))
        joins = [key.table.join(by_key.table, by_key == key) for _by, by_key in aliases.values()]
        self.source = joins[0] if joins else None
        self.place = asked.after or asked.before
        self.offset = 0 if self.place else (asked.page - 1) * asked.page_size

    @property
    def wanted(self) -> tuple[Any, ...]:
        """What tells this page from others of the same list."""
        asked = self.asked
        return asked.order_by, asked.page_size, self.offset, self.place, asked.before is not None

    def records(self, entity: Any, options: Any, plans: Plans) -> tuple[list[Any], bool]:
        """Return the page's records, and whether more follow."""
        marks = self.statement.get_execution_options()
        made = plans.get_or_make(self.wanted, lambda: self.keys().execution_options(**marks))
        keys = [*db.session.scalars(made, self.bound)]
        size = self.asked.page_size
        return _records(entity, self.key, keys[:size], options, marks), len(keys) > size

    def rows(self, reader: RowReader, plans: Plans) -> tuple[list[Any], bool]:
        """Return the page's rows, and whether more follow."""
        marks = self.statement.get_execution_options()
        made = plans.get_or_make(
            (reader.shape, reader.names, *self.wanted),
            lambda: reader.statement(self.keys(), marks, self.column, self.order),
        )
        found = db.session.execute(made, self.bound).all()
        size = self.asked.page_size
        return reader.rows(found[:size], self.column), len(found) > size

    def position(self, record: Any) -> Position:
        """Return the position of a record in the order."""
        return Position(self.asked.order_by, getattr(record, self.column.key), record.id)

    def order(self, column: Any, key: Any, *, plain: bool = False) -> tuple[Any, Any]:
        """Return the order, with the key as a unique last column.

        Nulls are placed explicitly only for a nullable column, and only where both kinds occur: the clause
        would keep PostgreSQL from walking the plain index.
        """
        explicit = self.nullable and not plain
        if self.descending:
            return column.desc().nulls_last() if explicit else column.desc(), key.desc()
        return column.asc().nulls_first() if explicit else column.asc(), key.asc()

    def keys(self, *, peek: bool = True) -> Select[Any]:
        """Return keys and order values of the page, and of one row more (``peek``)."""
        size = self.asked.page_size + (1 if peek else 0)
        columns = (self.key, self.column)
        order = self.order(self.order_column, self.order_key, plain=True)
        split = split_statement(self.statement)
        if split is None or (len(split[0]) > 1 and self.offset + size > COUNT_LIMIT):
            whole = self.statement.with_only_columns(*columns).order_by(None)
            order = self.order(self.order_column, self.order_key)
            return whole.order_by(*order).limit(size).offset(self.offset or None)
        grounds, rest = split
        parts = [
            first_rows(
                ground, RowRequest(columns, [*rest, *index_range], order, self.offset + size, self.source)
            )
            for index_range in self._index_ranges()
            for ground in grounds
        ]
        if len(parts) == 1 and grounds[0].is_single:
            return parts[0].limit(size).offset(self.offset or None)
        found = union_rows(parts)
        last = self.order(found.c[1], found.c[0])
        return select(found.c[0], found.c[1]).order_by(*last).limit(size).offset(self.offset or None)

    def _index_ranges(self) -> list[list[Any]]:
        """Split the list into pieces of the order's index, with and without a value, from the position where
        the page starts.
        """
        column, place = self.order_column, self.place
        beyond: list[Any] = []
        if place is not None and place.value is not None:
            here = tuple_(column, self.order_key)
            there = tuple_(place.value, place.key, types=[self.column.type, self.key.type])
            beyond = [here < there if self.descending else here > there]
        if not self.nullable:
            return [beyond]
        some, none = [column.is_not(None), *beyond], [column.is_(None)]
        if place is None:
            return [some, none]
        if place.value is None:
            none.append(self.order_key < place.key if self.descending else self.order_key > place.key)
            return [none] if self.descending else [some, none]
        return [some, none] if self.descending else [some]


def first_records(
    statement: Select[Any],
    column: Any,
    size: int,
    *options: Any,
    descending: bool = True,
    after: Position | None = None,
) -> Sequence[Any]:
    """Return the first records in the order of a column, in one statement that reads the order's index;
    ``after`` a position, the next ones.

    Records without a value are left out.
    """
    entity = statement.column_descriptions[0]["entity"]
    order = f"-{column.key}" if descending else column.key
    # One row more than the page is read.
    asked = ListRequest(page_size=size - 1, order_by=order, after=after)
    walk = _PageSearch(
        statement, ListSpec((), {column.key: column}, order), asked, inspect(entity).primary_key[0]
    )
    walk.nullable = False
    keys = walk.keys().subquery()
    records = select(entity).join(keys, keys.c[0] == walk.key).options(*options)
    records = records.order_by(*walk.order(walk.column, walk.key))
    return db.session.scalars(records.execution_options(**statement.get_execution_options())).all()
