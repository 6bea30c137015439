"""What an open page learns without a reload (OFF-9): counts, changes of the list that it shows, long work.

A visible page asks one small endpoint every ``EVERY_SECONDS``.  Everything that may have changed is read in
one statement, next to the one that reads the session, and makes the ETag; only a changed answer reads more.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, request
from flask_babel import get_locale
from sqlalchemy import Boolean, DateTime, Integer, String, case, cast, func, inspect, literal, select
from sqlalchemy.types import TypeDecorator
from werkzeug.datastructures import MultiDict

from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.columns import code_type
from app.kernel.database.session import db
from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.paging import kept_plans, page_keys
from app.kernel.lists.requests import MAX_PAGE_SIZE, apply_filters, read_list_request
from app.kernel.pages.badges import badge_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.views import ScopedModelView


EVERY_SECONDS = 20  # no page asks more often
ENDPOINT = "LiveView.state"  # asking is no use of the session: it must not keep an unattended one open
_ROWS = "live_rows"
_SEPARATOR = ","
_CODE_LENGTH = code_type().length
_DIGITS = 8  # of a row's mark


@dataclass(frozen=True)
class LivePart:
    """A part of the answer that a context adds.

    ``marks(actor)`` returns scalar subqueries by name: whatever changes in them makes a new answer.  They
    depend on the actor alone; a time is a bind parameter with a callable.  ``read(actor)`` returns the part
    itself, as JSON, and is called only then.
    """

    name: str
    marks: Callable[[Actor], Mapping[str, Any]]
    read: Callable[[Actor], Any]


_parts: dict[str, LivePart] = {}


def declare_live_part(part: LivePart) -> None:
    """Add a part to the answer."""
    _parts[part.name] = part


@dataclass(frozen=True)
class LiveState:
    """The answer to one question: its ETag, and its content, which is read when it is asked for."""

    etag: str
    content: Callable[[], dict[str, Any]]


def live_state(actor: Actor, asked_list: str) -> LiveState:
    """Return what the page may have to show anew.

    ``asked_list`` is the list as its page named it (:func:`name_list`); empty where the page shows none.
    """
    shown = _read_name(asked_list, actor)
    statement = _everything(actor) if shown is None else shown.statement()
    row = dict(db.session.execute(statement).one()._mapping)
    rows = row.pop(_ROWS, None)
    marks = {name: row.pop(name) for name in [*row] if "." in name}
    changes = shown.changes(rows) if shown is not None else None
    known = json.dumps([row, changes, marks, str(get_locale())], default=str)
    etag = hashlib.sha256(known.encode()).hexdigest()[:20]

    def content() -> dict[str, Any]:
        parts = {name: part.read(actor) for name, part in _parts.items()}
        return {"badges": row, "list": changes, **parts}

    return LiveState(etag, content)


@cached_per_actor
def _everything(actor: Actor) -> Select[Any]:
    return scoped(select(*badge_columns(actor), *_mark_columns(actor)))


def _mark_columns(actor: Actor) -> list[Any]:
    return [
        column.label(f"{part.name}.{name}")
        for part in _parts.values()
        for name, column in part.marks(actor).items()
    ]


# ---- the list that a page shows


def name_list(view: ScopedModelView, asked: ListRequest, records: Sequence[Any]) -> str:
    """Return the name under which a page asks about its list: the view, the address's arguments, and the
    records that it shows with their marks.
    """
    if any(one.name in asked.errors for one in view.spec.filters):
        return ""
    columns = mark_columns(type(view))
    marks = ".".join(f"{one.id}-{_digest(_mark_of(one, columns))}" for one in records)
    return urlencode({"view": view.endpoint, "of": request.query_string.decode(), "rows": marks})


@dataclass(frozen=True)
class _ShownList:
    """A list as its page shows it: the statement of this very page, and the marks of the rows shown."""

    view: ScopedModelView
    actor: Actor
    asked: ListRequest
    tab: str
    marks: Mapping[int, str]

    def statement(self) -> Select[Any]:
        """Return the one statement; that of a list without filters is kept, as making it takes longest."""
        view, asked = self.view, self.asked
        tab = next((one for one in view.tabs if one.key == self.tab), view.tabs[0] if view.tabs else None)
        whole = (tab.scope if tab else type(view).scope)(self.actor)
        narrowed = apply_filters(whole, view.spec, asked, self.actor)

        def make() -> Select[Any]:
            marked = self._rows(narrowed).label(_ROWS)
            return scoped(select(*badge_columns(self.actor), *_mark_columns(self.actor), marked))

        if narrowed is not whole:
            return make()
        plans = kept_plans(self.actor, (type(view), tab.key if tab else ""), whole)
        key = _ROWS, asked.order_by, asked.page_size, asked.page, asked.after, asked.before
        made: Select[Any] = plans.get_or_make(key, make)
        return made

    def _rows(self, statement: Select[Any]) -> Any:
        """Return the page's keys with their marks as one text: a scalar of the one statement."""
        view = self.view
        key = inspect(view.datamodel.obj).primary_key[0]
        keys = page_keys(statement, view.spec, self.asked).subquery()
        mark = _joined([cast(key, String), *map(_as_text, mark_columns(type(view)))])
        return (
            select(func.aggregate_strings(mark, _SEPARATOR))
            .where(key.in_(select(keys.c[0])))
            .scalar_subquery()
        )

    def changes(self, found: str | None) -> dict[str, Any]:
        """Return how many records came to this page of the list, and how many of those shown changed or
        left.
        """
        present = {}
        for one in filter(None, (found or "").split(_SEPARATOR)):
            key, _dash, mark = one.partition("-")
            present[int(key)] = _digest(mark)
        new = len(present.keys() - self.marks.keys())
        changed = sum(mark != present[pk] for pk, mark in self.marks.items() if pk in present)
        left = max(0, len(self.marks.keys() - present.keys()) - new)
        return {"new": new, "more": new >= self.asked.page_size, "changed": changed + left}


def _read_name(name: str, actor: Actor) -> _ShownList | None:
    """Return the list of that name; None where there is none, or the actor may not see it."""
    given = dict(parse_qsl(name, keep_blank_values=True, max_num_fields=10)) if name else {}
    view = _list_view(given.get("view", ""))
    if view is None or not actor.has_permission(BasicPermission.READ, view.class_permission_name):
        return None
    args = MultiDict(parse_qsl(given.get("of", ""), keep_blank_values=True, max_num_fields=200))
    asked = read_list_request(view.spec, args)
    refuse_typed(view.spec, asked)
    if asked.errors:
        return None
    return _ShownList(view, actor, asked, args.get("tab", ""), _read_marks(given.get("rows", "")))


def _list_view(endpoint: str) -> ScopedModelView | None:
    for view in current_app.extensions["appbuilder"].baseviews:
        if view.endpoint == endpoint and hasattr(view, "spec") and "list" in view.routes():
            found: ScopedModelView = view
            return found
    return None


def _read_marks(text: str) -> dict[int, str]:
    found = {}
    for one in text.split(".")[:MAX_PAGE_SIZE]:
        key, _dash, mark = one.partition("-")
        if key.isascii() and key.isdigit():
            found[int(key)] = mark
    return found


# ---- marks of rows: the same in a record and in a statement


def mark_columns(view: type[ScopedModelView]) -> Sequence[Any]:
    """Return the columns whose values tell that a row changed: the record's version where it has one, else
    codes, flags, and whether something has happened yet (OFF-9).  A view may name others.
    """
    if view.live_columns is not None:
        return view.live_columns
    table = inspect(view.datamodel.obj).local_table
    if "version" in table.c and isinstance(table.c.version.type, Integer):
        return [table.c.version]
    return [column for column in table.c if _tells_change(column)]


def _tells_change(column: Any) -> bool:
    kind = _plain_type(column)
    if isinstance(kind, DateTime):
        return bool(column.nullable)
    if column.foreign_keys:
        return False
    return isinstance(kind, Boolean) or (isinstance(kind, String) and kind.length == _CODE_LENGTH)


def _plain_type(column: Any) -> Any:
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type


def _as_text(column: Any) -> Any:
    """Return a column's value as :func:`_value_text` writes it."""
    kind = _plain_type(column)
    if isinstance(kind, DateTime):
        return case((column.is_(None), "0"), else_="1")
    if isinstance(kind, Boolean):
        return case((column, "1"), else_="0")
    return func.coalesce(cast(column, String), "")


def _value_text(record: Any, column: Any) -> str:
    value, kind = getattr(record, column.key), _plain_type(column)
    if isinstance(kind, DateTime):
        return "0" if value is None else "1"
    if isinstance(kind, Boolean):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _joined(texts: Iterable[Any]) -> Any:
    whole, *rest = texts
    for text in rest:
        whole = whole + literal("-") + text
    return whole


def _mark_of(record: Any, columns: Iterable[Any]) -> str:
    return "-".join(_value_text(record, column) for column in columns)


def _digest(mark: str) -> str:
    return hashlib.sha256(mark.encode()).hexdigest()[:_DIGITS]
