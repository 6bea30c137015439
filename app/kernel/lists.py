"""Lists: one grammar of paging, order and filters for pages and API; bounded counts; a fixed number of
statements whatever the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, inspect, literal_column, select

from app.kernel.db import db
from app.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from app.kernel.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.filters import Filter

M = TypeVar("M")

COUNT_LIMIT = 10_000
MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
_MAX_PAGE = 10_000_000


@dataclass(frozen=True)
class ListSpec:
    """What a list may be filtered and ordered by.  ``orders``: name → column; nulls count as oldest."""

    filters: Sequence[Filter]
    orders: Mapping[str, Any]
    default_order: str

    def filter(self, name: str) -> Filter | None:
        """The filter of that name."""
        return next((f for f in self.filters if f.name == name), None)


@dataclass
class ListRequest:
    """What was asked for, read and checked."""

    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    order_by: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Sentence] = field(default_factory=dict)

    def enforce(self) -> ListRequest:
        """Refuse the whole request if any part of it is wrong (the API's way).

        :raises Invalid: with a sentence for each wrong argument.
        """
        if self.errors:
            raise Invalid(**self.errors)
        return self


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of records.  ``total`` is a lower bound when it is not exact."""

    items: Sequence[M]
    total: int
    total_is_exact: bool


def read_list_request(spec: ListSpec, args: MultiDict[str, str]) -> ListRequest:
    """Read paging, order and filters; what is wrong is collected in ``errors`` and left out."""
    found = ListRequest(order_by=spec.default_order)
    found.page = _whole(args, "page", 1, found)
    found.page_size = min(_whole(args, "page_size", DEFAULT_PAGE_SIZE, found), MAX_PAGE_SIZE)
    order = args.get("order_by") or spec.default_order
    if order.removeprefix("-") in spec.orders:
        found.order_by = order
    else:
        found.errors["order_by"] = _("Cannot order by this")
    for one in spec.filters:
        try:
            value = one.read(args)
        except ValueError as error:
            found.errors[one.name] = one.complaint(error)
            continue
        if value is not None:
            found.values[one.name] = value
    return found


def _whole(args: MultiDict[str, str], name: str, default: int, found: ListRequest) -> int:
    raw = args.get(name, "").strip()
    if not raw:
        return default
    if raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= _MAX_PAGE and len(raw) < 9:  # noqa: PLR2004
        return int(raw)
    found.errors[name] = _("A whole number from 1")
    return default


def apply_filters(statement: Select[Any], spec: ListSpec, asked: ListRequest, actor: Actor) -> Select[Any]:
    """Narrow a scoped statement by the filters that were asked for."""
    for name, value in asked.values.items():
        one = spec.filter(name)
        if one is not None:
            statement = one.apply(statement, value, actor)
    return statement


def fetch_page(statement: Select[M], spec: ListSpec, asked: ListRequest, *options: Any) -> Page[M]:
    """Read one page: the keys first, in the order's index, then the records of those keys; and the count."""
    entity = statement.column_descriptions[0]["entity"]
    key = inspect(entity).primary_key[0]
    order = _order(spec, asked.order_by, key)
    keys = (
        statement.with_only_columns(key)
        .order_by(None)
        .order_by(*order)
        .limit(asked.page_size)
        .offset((asked.page - 1) * asked.page_size)
        .subquery()
    )
    records = select(entity).join(keys, keys.c[key.name] == key).order_by(*order).options(*options)
    items = db.session.scalars(records.execution_options(**statement.get_execution_options())).all()
    full = len(items) == asked.page_size
    if not full and (items or asked.page == 1):
        return Page(items, (asked.page - 1) * asked.page_size + len(items), total_is_exact=True)
    total = count_up_to(statement)
    return Page(items, min(total, COUNT_LIMIT), total_is_exact=total <= COUNT_LIMIT)


def count_up_to(statement: Select[Any], limit: int = COUNT_LIMIT) -> int:
    """The number of rows, counted no further than one past ``limit``."""
    ones: Select[Any] = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
    inner = ones.order_by(None).limit(limit + 1).subquery()
    counted = select(func.count()).select_from(inner)
    return db.session.scalar(counted.execution_options(**statement.get_execution_options())) or 0


def _order(spec: ListSpec, order_by: str, key: Any) -> tuple[Any, Any]:
    """The order and the key as a unique last one.  Only a nullable column says where nulls go: on a column
    without them the clause would keep PostgreSQL from walking the plain index.
    """
    column = spec.orders[order_by.removeprefix("-")]
    nullable = column.expression.nullable
    if order_by.startswith("-"):
        return column.desc().nulls_last() if nullable else column.desc(), key.desc()
    return column.asc().nulls_first() if nullable else column.asc(), key.asc()
