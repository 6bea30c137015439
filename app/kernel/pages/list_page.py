"""The page object of a list: columns with their order, filters, tabs, buttons and links to other pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.cache import CachedValue
from app.kernel.lists.paging import Page
from app.kernel.pages.batches import batch_buttons
from app.kernel.pages.elements import Button, Column, ListPage
from app.kernel.pages.formatting import qs
from app.kernel.pages.list_rows import list_rows
from app.kernel.pages.list_views import COLUMNS, DENSITY, VIEW, ShownList
from app.kernel.pages.live import name_list
from app.kernel.pages.modes import LIST, MODE, PAGE_ARGUMENTS, modes_of
from app.kernel.pages.view_tabs import view_row

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import Filter, FilterField
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.columns import ChosenColumn
    from app.kernel.pages.tabs import ListTab
    from app.kernel.pages.views import ScopedModelView


def list_page(
    view: ScopedModelView,
    asked: ListRequest,
    tab: ListTab | None,
    found: Page[Any],
    looks: ShownList,
) -> ListPage:
    """Return the list of a view as the template shows it."""
    actor = current_actor()
    columns = [_column(view, one, asked) for one in looks.columns]
    buttons = [*view.list_buttons(actor), *batch_buttons(view, actor), *export_button(view, actor)]
    selectable = any(button.batch for button in buttons)
    return ListPage(
        key=view.class_permission_name,
        title=str(view.list_title),
        columns=columns,
        rows=list_rows(view, found, columns, actor, selectable=selectable),
        total=found.total,
        total_is_exact=found.total_is_exact,
        page=asked.page,
        page_size=asked.page_size,
        empty_text=str(_empty_text(view, asked)),
        tabs=[*view.page_tabs(tab)],
        counts_url=url_for(f"{view.endpoint}.counts") if "counts" in view.routes() else "",
        buttons=buttons,
        is_filtered=bool(asked.values) and not asked.errors,
        is_refused=any(one.name in asked.errors for one in view.spec.filters),
        selectable=selectable,
        previous_url=qs(page=max(1, asked.page - 1), before=found.before) if found.before else "",
        next_url=qs(page=asked.page + 1, after=found.after) if found.after else "",
        sums=found.sums,
        note=view.list_note(),
        live=name_list(view, asked, found.items),
        modes=modes_of(view, LIST),
        **_filter_card(view, asked, tab, looks),
        **view_row(view, looks, actor),
    )


def _filter_card(
    view: ScopedModelView, asked: ListRequest, tab: ListTab | None, looks: ShownList
) -> dict[str, Any]:
    """Return the filters, and what they keep of the list: its tab, order, and how it looks."""
    kept: dict[str, Any] = {"tab": tab.key} if tab and tab.key != view.tabs[0].key else {}
    plain = {VIEW: "", **kept} if looks.opening else kept  # an address that opens no view by itself
    of_view = [(name, request.args[name]) for name in (VIEW, COLUMNS, DENSITY) if request.args.get(name)]
    return {
        "filters": [_field(one, asked) for one in view.spec.filters if one.is_shown(request.args)],
        "reset_url": url_for(f"{view.endpoint}.list", **plain),
        "search_url": url_for(f"{view.endpoint}.search") if "search" in view.routes() else "",
        "hidden": [
            *kept.items(),
            *of_view,
            ("page_size", str(asked.page_size)),
            ("order_by", asked.order_by),
        ],
    }


_empty_fields: CachedValue[dict[Any, FilterField]] = CachedValue(dict)


def _field(one: Filter, asked: ListRequest) -> FilterField:
    """Return the field of a filter; one without a value is the same for everybody."""
    if one.name in asked.errors or any(name in request.args for name in one.names):
        return one.field(request.args, asked.errors.get(one.name, ""))
    known = _empty_fields.get()
    key = one, str(get_locale()), request.script_root
    if key not in known:
        known[key] = one.field(request.args, "")
    return known[key]


def mode_page(view: ScopedModelView, asked: ListRequest, mode: str, *, by_tab: bool = True) -> ListPage:
    """Return the page of a list without its rows: the frame of the board and the calendar."""
    tab = view.open_tab() if by_tab else None
    page = list_page(view, asked, tab, Page([], 0, total_is_exact=True), ShownList(current_actor().id))
    base = url_for(f"{view.endpoint}.{mode}")
    kept: dict[str, Any] = {"tab": tab.key} if tab and tab is not view.tabs[0] else {}
    own = [(name, request.args[name]) for name in ("month", "week") if request.args.get(name)]
    buttons = [button for button in page.buttons if not button.batch and button.mode != "download"]
    return replace(
        page,
        tabs=[replace(one, url=f"{base}?tab={one.key}") for one in page.tabs] if by_tab else [],
        hidden=[*kept.items(), *own, (MODE, mode)],
        reset_url=url_for(f"{view.endpoint}.{mode}", **kept),
        buttons=buttons,
        views=[],
        save=[],
        modes=modes_of(view, mode),
    )


def _empty_text(view: ScopedModelView, asked: ListRequest) -> Sentence:
    """Return the text shown instead of rows; after a refused filter it does not claim that there are no
    records.
    """
    if any(one.name in asked.errors for one in view.spec.filters):
        return _("Nothing was searched for: correct the filter that was refused")
    return _("No record matches; change or reset the filters") if asked.values else view.empty_text


def _column(view: ScopedModelView, chosen: ChosenColumn, asked: ListRequest) -> Column:
    name = chosen.key
    direction = sort_url = ""
    if name in view.spec.orders:
        if asked.order_by.removeprefix("-") == name:
            direction = "desc" if asked.order_by.startswith("-") else "asc"
        sort_url = qs(order_by=name if direction == "desc" else f"-{name}", page=None)
    number, wide = name in view.number_columns, name in view.wide_columns
    return Column(
        name,
        view.label_of(name),
        sort_url,
        direction,
        number=number,
        wide=wide,
        width=chosen.width,
        pinned=chosen.is_pinned,
    )


def export_button(view: ScopedModelView, actor: Actor) -> list[Button]:
    """Return the list's export button if the list can be exported and the user may do so."""
    may_export = actor.has_permission(BasicPermission.EXPORT, view.class_permission_name)
    if "export" not in view.routes() or not may_export:
        return []
    kept: dict[str, Any] = {
        name: request.args.getlist(name) for name in request.args if name not in PAGE_ARGUMENTS
    }
    url = url_for(f"{view.endpoint}.export", **kept)
    return [Button(gettext("Export"), url, "fa-file-export", "download")]
