"""The request of a list: its filters, order, page and cursors, read from the query arguments."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import lazy_gettext as _

from app.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import Filter


Day = TypeVar("Day", bound=date)

_LONGEST = 2000  # room for a name of 200 Chinese characters
_KEYS = 2**63
_FIRST, _LAST = 1800, 2300
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?", re.ASCII)


@dataclass(frozen=True)
class Position:
    """The row that a page follows or precedes, by its value in the list's order."""

    order_by: str
    value: Any
    key: int

    def word(self) -> str:
        """Return the position as an address contains it."""
        kind, value = _written(self.value)
        content = json.dumps(
            [self.order_by, kind, value, self.key], separators=(",", ":"), ensure_ascii=False
        )
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, word: str, order_by: str) -> Position:
        """Parse a position of a list in this order.

        :raises ValueError: when it is not a position.
        """
        if len(word) > _LONGEST:
            raise ValueError(word)
        try:
            content = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
            order, kind, value, key = content
        except (binascii.Error, UnicodeError, TypeError, RecursionError, json.JSONDecodeError) as error:
            raise ValueError(word) from error
        if order != order_by or type(key) is not int or not 0 <= key < _KEYS:
            raise ValueError(word)
        return cls(order, _value(kind, value), key)


def _written(value: Any) -> tuple[str, Any]:
    """Return a value of any column type as JSON, with the letter of its kind."""
    if isinstance(value, datetime):
        return "d", value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return "t", value.isoformat()
    if isinstance(value, Decimal):
        return "n", format(value, "f")
    return "v", value


def _value(kind: Any, value: Any) -> Any:
    """Parse a value that :func:`_written` returned.

    :raises ValueError: for anything else.
    """
    if kind == "v":
        return _plain_value(value)
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - whatever is wrong with a cursor is a ValueError
    if kind == "d":
        return _in_range(_aware(datetime.fromisoformat(value)))
    if kind == "t":
        return _in_range(date.fromisoformat(value))
    if kind == "n":
        return _decimal(value)
    raise ValueError(kind)


def _plain_value(value: Any) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _text(value)
    if (kind is int and abs(value) < _KEYS) or (kind is float and isfinite(value)):
        return value
    raise ValueError(value)


def _text(value: str) -> str:
    """Return text that a database accepts: without lone surrogates and NUL characters."""
    value.encode()  # a UnicodeEncodeError is a ValueError
    if "\0" in value:
        raise ValueError(value)
    return value


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(moment)
    return moment


def _in_range(day: Day) -> Day:
    if not _FIRST < day.year < _LAST:
        raise ValueError(day)
    return day


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_PAGE = 10_000_000
WRONG_CURSOR = _("Not a place in this list")


@dataclass(frozen=True)
class ListSpec:
    """The filters and orders of a list.  ``orders``: name → column; nulls count as oldest.  ``page_size`` is
    the number of rows per page unless the user chooses another.
    """

    filters: Sequence[Filter]
    orders: Mapping[str, Any]
    default_order: str
    page_size: int = DEFAULT_PAGE_SIZE

    def filter(self, name: str) -> Filter | None:
        """Return the filter of that name."""
        return next((f for f in self.filters if f.name == name), None)


@dataclass
class ListRequest:
    """A list request, parsed and checked.

    ``after`` and ``before`` are the row that a page follows or precedes: next and previous pages cost the
    same at any depth.  ``page`` is then only the number shown.
    """

    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    order_by: str = ""
    after: Position | None = None
    before: Position | None = None
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Sentence] = field(default_factory=dict)

    def enforce(self) -> ListRequest:
        """Refuse the whole request if any part of it is wrong (for the API).

        :raises Invalid: with a sentence for each wrong argument.
        """
        if self.errors:
            raise Invalid(**self.errors)
        return self


def read_list_request(spec: ListSpec, args: MultiDict[str, str]) -> ListRequest:
    """Parse paging, order and filters; wrong parts are collected in ``errors`` and left out."""
    found = ListRequest(order_by=spec.default_order)
    found.page = _whole(args, "page", 1, found)
    found.page_size = min(_whole(args, "page_size", spec.page_size, found), MAX_PAGE_SIZE)
    order = args.get("order_by") or spec.default_order
    if order.removeprefix("-") in spec.orders:
        found.order_by = order
    else:
        found.errors["order_by"] = _("Cannot order by this")
    _read_position(spec, args, found)
    for one in spec.filters if args else ():
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
    if raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= MAX_PAGE and len(raw) < 9:  # noqa: PLR2004
        return int(raw)
    found.errors[name] = _("A whole number from 1")
    return default


def _read_position(spec: ListSpec, args: MultiDict[str, str], found: ListRequest) -> None:
    for name in ("after", "before"):
        raw = args.get(name, "")
        if not raw:
            continue
        column = spec.orders[found.order_by.removeprefix("-")]
        try:
            place = Position.read(raw, found.order_by)
        except ValueError:
            found.errors[name] = WRONG_CURSOR
            continue
        if _accepts_value(column, place.value):
            setattr(found, name, place)
        else:
            found.errors[name] = WRONG_CURSOR


def apply_filters(statement: Select[Any], spec: ListSpec, asked: ListRequest, actor: Actor) -> Select[Any]:
    """Narrow a scoped statement by the requested filters."""
    for name, value in asked.values.items():
        one = spec.filter(name)
        if one is not None:
            statement = one.apply(statement, value, actor)
    return statement


def plain_value(column: Any) -> Any:
    """Return the table's column behind a mapped attribute: statements of such columns are built much
    faster.
    """
    prop = getattr(column, "property", None)
    return column if prop is None else prop.columns[0]


def _accepts_value(column: Any, value: Any) -> bool:
    """Return True if the column may hold the value; a database may fail on another type of value."""
    kind = plain_value(column).type
    kind = getattr(kind, "impl_instance", kind)
    if value is None:
        return may_be_null(column)
    return isinstance(value, kind.python_type) and isinstance(value, bool) == (kind.python_type is bool)


def may_be_null(column: Any) -> bool:
    """Return True if rows without a value can occur."""
    return bool(plain_value(column).nullable)
