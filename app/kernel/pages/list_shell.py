"""The page of a list, put together from its shell and what belongs to the request (OFF-13).

The shell is ``kernel/list.html``, made once for a list in a certain look (:mod:`app.kernel.pages.shells`); a
request adds its rows, links, typed filters and messages.  There is no other way to a list's page, so that
what is kept is what would be made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import render_template, request
from markupsafe import Markup, escape

from app.kernel.access.current import current_actor
from app.kernel.lists.paging import Page
from app.kernel.lists.requests import ListRequest
from app.kernel.pages.elements import ListRows, Pages
from app.kernel.pages.formatting import SAFE, link, qs, with_arguments
from app.kernel.pages.html import asked_for, filter_field, pager, sum_row
from app.kernel.pages.list_page import (
    Shown,
    is_selectable,
    list_buttons,
    list_columns,
    list_page,
    view_fields,
)
from app.kernel.pages.list_rows import RowFrame, list_rows
from app.kernel.pages.live import name_list
from app.kernel.pages.moves import note_content_only
from app.kernel.pages.page_shell import page_contents
from app.kernel.pages.requests import is_move
from app.kernel.pages.shells import Shell, kept, nobodys_request
from app.kernel.pages.view_tabs import own_query, view_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Column
    from app.kernel.pages.list_views import ShownList
    from app.kernel.pages.tabs import ListTab
    from app.kernel.pages.views import ScopedModelView


@dataclass(frozen=True)
class _State:
    """What of a page's result changes its frame."""

    has_rows: bool
    has_buttons: bool
    has_sums: bool
    is_exact: bool
    is_filtered: bool
    is_refused: bool
    has_errors: bool
    is_first: bool


@dataclass(frozen=True)
class _Frame:
    """A list in a certain look, without its rows: the columns, and a shell for each state of the result."""

    columns: Sequence[Column]
    selectable: bool
    table: RowFrame
    shells: dict[_State, Shell] = field(default_factory=dict)


def list_html(
    view: ScopedModelView, asked: ListRequest, tab: ListTab | None, found: Page[Any], looks: ShownList
) -> Markup:
    """Return the whole answer to a request for a list, or for a move its content."""
    actor = current_actor()
    shown = Shown.of(view, asked, tab, looks)
    key = (
        type(view), request.endpoint, request.path, tab.key if tab else "", asked.order_by, asked.page_size,
        shown.columns, shown.density, shown.opens_view, shown.buttons, shown.note, shown.filters,
        shown.filter_look,
    )  # fmt: skip
    frame: _Frame = kept(key, lambda: _make_frame(view, asked, shown))
    rows = list_rows(view, found, frame.table, actor)
    state = _State(
        rows.count > 0,
        rows.has_buttons,
        bool(found.sums),
        found.total_is_exact,
        bool(asked.values),
        any(one.name in asked.errors for one in view.spec.filters),
        bool(asked.errors),
        asked.page == 1,
    )
    if is_move():
        note_content_only()
    if state not in frame.shells:
        frame.shells[state] = _make_shell(view, asked, shown, state)
    return frame.shells[state].filled(
        page_contents() | _contents(view, asked, shown, rows, found, looks, frame, actor)
    )


def _make_frame(view: ScopedModelView, asked: ListRequest, shown: Shown) -> _Frame:
    with nobodys_request():
        usual = ListRequest(1, asked.page_size, asked.order_by)
        selectable = is_selectable(list_buttons(view, shown, current_actor()))
        columns = list_columns(view, usual, shown.columns)
        table = RowFrame.of(view, columns, current_actor(), selectable=selectable)
        return _Frame(columns, selectable, table)


def _make_shell(view: ScopedModelView, asked: ListRequest, shown: Shown, state: _State) -> Shell:
    """Return the list's page with marks; of what was typed it knows only that something was."""
    names = [one.name for one in view.spec.filters]
    errors = {names[0]: ""} if state.is_refused else {"page": ""} if state.has_errors else {}
    usual = ListRequest(
        1 if state.is_first else 2,
        asked.page_size,
        asked.order_by,
        values={name: "" for name in names[:1] if state.is_filtered},
        errors=dict(errors),
    )
    with nobodys_request() as marks:
        rows = ListRows(marks("rows"), int(state.has_rows), state.has_buttons)
        total: Any = marks("total")
        sums: Any = marks("sums") if state.has_sums else {}
        page = list_page(
            view, usual, replace(shown, typed={}), rows, Page([], 0, total_is_exact=state.is_exact)
        )
        page = replace(
            page,
            total=total,
            shown_total=marks("shown_total"),
            sums=sums,
            filter_look=shown.filter_look,
            live="" if state.is_refused else marks("live"),
            view_row=marks("view_row"),
        )
        return marks.shell(render_template("kernel/list.html", page=page))


def _contents(
    view: ScopedModelView,
    asked: ListRequest,
    shown: Shown,
    rows: ListRows,
    found: Page[Any],
    looks: ShownList,
    frame: _Frame,
    actor: Actor,
) -> dict[str, Any]:
    """Return what the marks of the list stand for in this request, as HTML."""
    typed = {one.name: one for one in shown.typed.values()}
    before = qs(page=max(1, asked.page - 1), before=found.before) if found.before else ""
    after = qs(page=asked.page + 1, after=found.after) if found.after else ""
    extra = (1 if frame.selectable else 0), (1 if rows.has_buttons else 0)
    return {
        "rows": rows.html,
        "total": str(found.total),
        "shown_total": f"{found.total:,}",
        "sums": sum_row(frame.columns, found.sums, before=extra[0], after=extra[1]) if found.sums else "",
        "live": escape(name_list(view, asked, found.items)),
        "pager": pager(Pages(asked.page, max(1, -(-found.total // asked.page_size)), before, after)),
        "view_row": view_row(view, looks, actor),
        "view_fields": view_fields(),
        "asked": asked_for(typed.values()),
        "filter": lambda name, more: filter_field(typed[name], more) if name in typed else None,
        "link": lambda gone, added: escape(link(gone, added)),
        "arguments": lambda gone: escape(with_arguments("", gone)),
        "list_query": escape(urlencode([("", own_query())], safe=SAFE)[1:]),
    }
