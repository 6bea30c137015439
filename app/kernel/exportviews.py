"""Giving a list its export: a button and a POST on the page, a GET in the API (PLAT-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_appbuilder.baseviews import expose
from flask_babel import lazy_gettext as _

from app.kernel.api import endpoint
from app.kernel.current import current_actor
from app.kernel.errors import Invalid
from app.kernel.export import XLSX, ListExport, SheetColumn, export_list
from app.kernel.views import permitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from app.kernel.actor import Actor
    from app.kernel.api import KepanApi
    from app.kernel.views import ListTab, ScopedModelView


def offer_export(
    view: type[ScopedModelView], api: type[KepanApi], note: Callable[[Actor, int, str], Any]
) -> None:
    """Put the export on a view and its API.  ``note(actor, rows, filters)`` records it.

    Called while the contexts are loaded, before registration; the permission is ``export``.
    """

    def page(_self: ScopedModelView) -> Response:
        """The list as a file."""
        return _export(view, _tab_of(view, strict=False), note)

    def call(_self: KepanApi) -> Response:
        """The list as a spreadsheet, filtered and ordered as asked; 422 for more rows than 10,000."""
        return _export(view, _tab_of(view, strict=True), note)

    page.__name__ = call.__name__ = "export"
    described = endpoint(
        "export", arguments={"tab": [tab.key for tab in view.tabs]}, lists=view.spec, gives=XLSX
    )
    view.export = expose("/export", methods=["POST"])(permitted("export")(page))
    view.include_route_methods = {*(view.include_route_methods or ()), "export"}
    api.export = expose("/export", methods=["GET"])(described(call))


def sheet_columns(view: type[ScopedModelView]) -> list[SheetColumn]:
    """The columns of the list, with headings in the reader's language."""
    return [
        SheetColumn(str(view.label_columns.get(name, name)), _value(view, name)) for name in view.list_columns
    ]


def _value(view: type[ScopedModelView], name: str) -> Callable[[Any], Any]:
    def own(record: Any) -> Any:
        return getattr(record, name)

    found: Callable[[Any], Any] = view.export_values.get(name) or view.formatters_columns.get(name) or own
    return found


def _tab_of(view: type[ScopedModelView], *, strict: bool) -> ListTab | None:
    if not view.tabs:
        return None
    wanted = request.args.get("tab") or view.tabs[0].key
    found = next((tab for tab in view.tabs if tab.key == wanted), None)
    if found is None and strict:
        raise Invalid(tab=_("Not one of the choices"))
    return found or view.tabs[0]


def _export(
    view: type[ScopedModelView], tab: ListTab | None, note: Callable[[Actor, int, str], Any]
) -> Response:
    actor = current_actor()
    job = ListExport(
        title=str(view.list_title),
        columns=sheet_columns(view),
        spec=view.spec,
        scope=(tab.scope if tab else view.scope)(actor),
        options=view.list_options,
        tab=tab.key if tab else "",
        note=lambda rows, filters: note(actor, rows, filters),
    )
    return export_list(job, actor)
