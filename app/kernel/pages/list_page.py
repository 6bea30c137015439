"""The page object of a list: columns with their order, filters, tabs, buttons and links to other pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.cache import CachedValue
from app.kernel.lists.paging import Page
from app.kernel.pages.batches import batch_buttons
from app.kernel.pages.elements import Button, Column, ListPage, ListRows
from app.kernel.pages.formatting import qs, with_arguments
from app.kernel.pages.list_views import COLUMNS, DENSITY, VIEW, ShownList
from app.kernel.pages.modes import LIST, MODE, PAGE_ARGUMENTS, modes_of
from app.kernel.pages.shells import marks_or_none
from app.kernel.pages.view_tabs import layout_links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import Filter, FilterField
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.columns import ChosenColumn
    from app.kernel.pages.tabs import ListTab
    from app.kernel.pages.views import ScopedModelView


@dataclass(frozen=True)
class Shown:
    """What a list page shows around its rows.  None of it but what was ``typed`` into filters belongs to one
    person.
    """

    tab: ListTab | None
    columns: tuple[ChosenColumn, ...]
    density: str
    opens_view: bool  # without arguments the address leads to a saved view
    buttons: tuple[Button, ...]
    note: str
    filters: tuple[Filter, ...]
    typed: Mapping[Filter, FilterField]

    @classmethod
    def of(cls, view: ScopedModelView, asked: ListRequest, tab: ListTab | None, looks: ShownList) -> Shown:
        """Return what the page of a list shows at this address."""
        args = request.args
        filters = tuple(one for one in view.spec.filters if one.shown or one.is_shown(args))
        typed = {
            one: one.field(args, asked.errors.get(one.name, ""))
            for one in filters
            if (args or asked.errors)
            and (one.name in asked.errors or any(name in args for name in one.names))
        }
        buttons = (*view.list_buttons(current_actor()),)
        note = str(view.list_note())
        return cls(tab, looks.columns, looks.density, bool(looks.opening), buttons, note, filters, typed)

    @property
    def fields(self) -> list[FilterField]:
        """The fields of the filters; those without a value are the same for everybody."""
        return [self.typed.get(one) or _empty_field(one) for one in self.filters]

    @property
    def filter_look(self) -> str:
        """How the folded filters are shown (:func:`filter_look`)."""
        return filter_look(self.fields) if self.typed else ""


def list_page(
    view: ScopedModelView, asked: ListRequest, shown: Shown, rows: ListRows, found: Page[Any]
) -> ListPage:
    """Return the list of a view as the template shows it."""
    actor = current_actor()
    columns = list_columns(view, asked, shown.columns)
    buttons = list_buttons(view, shown, actor)
    return ListPage(
        key=view.class_permission_name,
        title=str(view.list_title),
        columns=columns,
        rows=rows,
        total=found.total,
        shown_total=f"{found.total:,}",
        total_is_exact=found.total_is_exact,
        page=asked.page,
        page_size=asked.page_size,
        empty_text=str(_empty_text(view, asked)),
        tabs=[*view.page_tabs(shown.tab)],
        counts_url=url_for(f"{view.endpoint}.counts") if "counts" in view.routes() else "",
        buttons=buttons,
        is_filtered=bool(asked.values) and not asked.errors,
        is_refused=any(one.name in asked.errors for one in view.spec.filters),
        selectable=is_selectable(buttons),
        previous_url=qs(page=max(1, asked.page - 1), before=found.before) if found.before else "",
        next_url=qs(page=asked.page + 1, after=found.after) if found.after else "",
        sums=found.sums,
        note=shown.note,
        modes=modes_of(view, LIST),
        filters=shown.fields,
        filter_look=shown.filter_look,
        **_addresses(view, asked, shown),
        **layout_links(view, shown.density, actor),
    )


def list_columns(view: ScopedModelView, asked: ListRequest, chosen: Sequence[ChosenColumn]) -> list[Column]:
    """Return the columns of the list in this order."""
    return [_column(view, one, asked) for one in chosen]


def list_buttons(view: ScopedModelView, shown: Shown, actor: Actor) -> list[Button]:
    """Return the toolbar: the list's own buttons, those for chosen rows, the export."""
    return [*shown.buttons, *batch_buttons(view, actor), *export_button(view, actor)]


def is_selectable(buttons: Sequence[Button]) -> bool:
    """Return True for a list of which rows can be chosen."""
    return any(button.batch for button in buttons)


def filter_look(filters: Sequence[FilterField]) -> str:
    """Return how the folded filters are shown: briefly while they narrow the list, open with an error."""
    folded = filters[3:]
    if any(one.error for one in folded):
        return "open"
    return "open is-brief" if any(one.active for one in folded) else ""


def _addresses(view: ScopedModelView, asked: ListRequest, shown: Shown) -> dict[str, Any]:
    """Return where the filters lead, and what they keep of the list: its tab, order, and how it looks."""
    tab = shown.tab
    kept: dict[str, Any] = {"tab": tab.key} if tab and tab.key != view.tabs[0].key else {}
    plain = {VIEW: "", **kept} if shown.opens_view else kept  # an address that opens no view by itself
    return {
        "reset_url": url_for(f"{view.endpoint}.list", **plain),
        "search_url": url_for(f"{view.endpoint}.search") if "search" in view.routes() else "",
        "hidden": [*kept.items(), ("page_size", str(asked.page_size)), ("order_by", asked.order_by)],
        "view_fields": view_fields(),
    }


def view_fields() -> Markup:
    """Return the fields by which the filters keep the open view, and columns and density of the address."""
    marks = marks_or_none()
    if marks:
        return marks("view_fields")
    field = Markup('<input type="hidden" name="{}" value="{}">')
    names = (VIEW, COLUMNS, DENSITY)
    return Markup().join(field.format(name, request.args[name]) for name in names if request.args.get(name))


_empty_fields: CachedValue[dict[Any, FilterField]] = CachedValue(dict)


def _empty_field(one: Filter) -> FilterField:
    known = _empty_fields.get()
    key = one, str(get_locale()), request.script_root
    if key not in known:
        known[key] = one.field(MultiDict(), "")
    return known[key]


def mode_page(view: ScopedModelView, asked: ListRequest, mode: str, *, by_tab: bool = True) -> ListPage:
    """Return the page of a list without its rows: the frame of the board and the calendar."""
    tab = view.open_tab() if by_tab else None
    shown = Shown.of(view, asked, tab, ShownList(current_actor().id))
    page = list_page(view, asked, shown, ListRows(), Page([], 0, total_is_exact=True))
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
        layout_url="",
        density_url="",
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
    url = with_arguments(url_for(f"{view.endpoint}.export"), PAGE_ARGUMENTS)
    return [Button(gettext("Export"), url, "fa-file-export", "download")]
