"""A list as its page opens it: the person's view of it, one page of rows, their cells and buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import redirect, request

from app.kernel.access.current import current_actor
from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.kept import kept_list
from app.kernel.lists.paging import Page, fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.lists.rows import RowReader
from app.kernel.pages.list_shell import list_html
from app.kernel.pages.list_views import shown_list
from app.kernel.pages.live import mark_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.tabs import ListTab
    from app.kernel.pages.views import ScopedModelView


def open_list(view: ScopedModelView) -> Any:
    """Show the list; without arguments the view with which it opens for the person (OFF-5)."""
    actor = current_actor()
    looks = shown_list(view, request.args, actor)
    if looks.opening and not request.args:
        return redirect(f"{request.path}?{urlencode(looks.opening)}")
    asked = read_list_request(view.spec, request.args)
    tab = view.open_tab()
    refuse_typed(view.spec, asked)
    found = _fetch(view, tab, asked, looks.keys, actor)
    return list_html(view, asked, tab, found, looks)


def _fetch(
    view: ScopedModelView, tab: ListTab | None, asked: ListRequest, names: Sequence[str], actor: Actor
) -> Page[Any]:
    """Return one page; nothing is searched for with a filter that was refused."""
    if any(one.name in asked.errors for one in view.spec.filters):
        return Page([], 0, total_is_exact=True)
    whole = (tab.scope if tab else type(view).scope)(actor)
    key = type(view), tab.key if tab else ""
    statement, plans, bound = kept_list(actor, key, whole, view.spec, asked)
    reader = _reader(view, names, actor)
    how: dict[str, Any] = {"plans": plans, "reader": reader, "bound": bound}
    found = fetch_page(statement, view.spec, asked, *view.list_options, **how)
    return replace(found, sums=view.sums_of(apply_filters(whole, view.spec, asked, actor)))


def _reader(view: ScopedModelView, cells: Sequence[str], actor: Actor) -> RowReader | None:
    """Return the reader of rows with these cells; None where records have to be loaded for them."""
    shape = view.row_shape
    if shape is None or not shape.covers(cells):
        return None
    return RowReader(shape, cells, actor, also=mark_columns(type(view)))
