"""The export of a list: a button and a POST on the page, a GET in the API (PLAT-6).

A list that is too long for one request is written in the background (PLAT-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from flask import jsonify, redirect, request
from flask_appbuilder.baseviews import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.api.base import endpoint
from app.kernel.database.session import transaction_intent
from app.kernel.errors import Invalid
from app.kernel.exports.lists import ListExport, export_list, export_long_list
from app.kernel.exports.spreadsheets import XLSX, SheetColumn
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from werkzeug.wrappers import Response

    from app.kernel.access.actor import Actor
    from app.kernel.api.base import KepanApi
    from app.kernel.exports.lists import ProgressMeter
    from app.kernel.pages.tabs import ListTab
    from app.kernel.pages.views import ScopedModelView


if TYPE_CHECKING:
    Note = Callable[[Actor, int, str], Any]


QUICK_ROWS = 1_000  # what a page with a script waits for; more is written beside it, with its progress
FROM_SCRIPT = "X-Kepan-Export"


class Later(TypedDict):
    """A spreadsheet in the making: ``/runs/{job_id}`` shows its progress."""

    job_id: int


@dataclass(frozen=True)
class ExportRequest:
    """A requested export: its view, tab, filters and order."""

    view: str
    tab: str
    args: list[list[str]]


@dataclass(frozen=True)
class BackgroundExport:
    """An export in the background: its id, and the page that shows its progress."""

    id: int
    url: str


_attended: list[Callable[[], bool]] = []
_offered: dict[str, tuple[type[ScopedModelView], Note]] = {}


def write_beside_while(attended: Callable[[], bool]) -> None:
    """Write more than a few rows beside the page only while ``attended()``: somebody does background work."""
    _attended[:] = [attended]


def offer_export(
    view: type[ScopedModelView],
    api: type[KepanApi] | None,
    note: Note,
    begin: Callable[[ExportRequest, str, Actor], BackgroundExport],
) -> None:
    """Add the export to a view and its API.  ``note(actor, rows, filters)`` logs it; ``begin(asked, title,
    actor)`` starts a long one in the background.

    Call it while the contexts are loaded, before registration; the permission is ``export``.  A list without
    an API is exported from its page only.
    """

    def page(_self: ScopedModelView) -> Any:
        """Return the list as a file; a long one in the background."""
        is_waited_for = FROM_SCRIPT in request.headers and any(check() for check in _attended)
        most = QUICK_ROWS if is_waited_for else None
        return export_answer(_export(view, _tab_of(view, strict=False), begin, most=most))

    page.__name__ = "export"
    view.export = expose("/export", methods=["POST"])(permitted(BasicPermission.EXPORT)(page))
    view.include_route_methods = {*(view.include_route_methods or ()), "export"}

    _offered[view.__name__] = view, note
    if api is not None:
        _offer_in_api(view, api, begin)


def _offer_in_api(
    view: type[ScopedModelView],
    api: type[KepanApi],
    begin: Callable[[ExportRequest, str, Actor], BackgroundExport],
) -> None:
    def call(_self: KepanApi) -> Any:
        """Exports this list as a spreadsheet; above 10,000 rows 202 with the id of a run (PLAT-5, PLAT-6)."""
        found = _export(view, _tab_of(view, strict=True), begin)
        return (jsonify(job_id=found.id), 202) if isinstance(found, BackgroundExport) else found

    call.__name__ = "export"
    tabs = {"tab": [tab.key for tab in view.tabs]} if view.tabs else {}
    described = endpoint(
        BasicPermission.EXPORT,
        leaves_trace=True,
        arguments=tabs,
        lists=view.spec,
        returns=XLSX,
        later=Later,
        refusals=(400,),
    )
    api.export = expose("/export", methods=["GET"])(described(call))


def exported_view(operation: str) -> type[ScopedModelView] | None:
    """Return the view whose export is logged under this operation."""
    return next(
        (view for view, note in _offered.values() if getattr(note, "operation", "") == operation), None
    )


def filters_in_words(view: type[ScopedModelView], logged: str) -> str:
    """Return the filters and the order that the log keeps as codes, in the reader's words (OFF-12)."""
    words = (_in_words(view, *part.partition("=")[::2]) for part in logged.split("; ") if part)
    return "; ".join(filter(None, words))


def _in_words(view: type[ScopedModelView], name: str, value: str) -> str:
    if name == "tab":
        label = next((str(tab.label) for tab in view.tabs if tab.key == value), value)
        return gettext("tab: %(value)s", value=label)
    if name == "order_by":
        column = value.removeprefix("-")
        label = str(view.label_columns.get(column, "")) or _label_of_filter(view, column)
        return (
            gettext("newest or largest first by %(value)s", value=label)
            if value.startswith("-")
            else gettext("in order of %(value)s", value=label)
        )
    one = view.spec.filter(name)
    return f"{one.label}: {one.in_words(value)}" if one else f"{name}: {value}"


def _label_of_filter(view: type[ScopedModelView], name: str) -> str:
    one = view.spec.filter(name)
    return str(one.label) if one else str(name)


def export_answer(found: Response | BackgroundExport) -> Any:
    """Return the file to a page; of an export in the background its id to a script, else the page that shows
    it.
    """
    if not isinstance(found, BackgroundExport):
        return found
    return (jsonify(run=found.id), 202) if FROM_SCRIPT in request.headers else redirect(found.url, 303)


def sheet_columns(view: type[ScopedModelView]) -> list[SheetColumn]:
    """Return the columns of the list, with headings in the user's language."""
    return [
        SheetColumn(str(view.label_columns.get(name, name)), _value(view, name))
        for name in view.list_columns
        if name not in view.page_only
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
    view: type[ScopedModelView],
    tab: ListTab | None,
    begin: Callable[[ExportRequest, str, Actor], BackgroundExport],
    *,
    most: int | None = None,
) -> Response | BackgroundExport:
    actor = current_actor()
    job = _job(view, tab, actor)

    def later() -> BackgroundExport:
        asked = ExportRequest(view.__name__, job.tab, [[k, v] for k, v in request.args.items(multi=True)])
        with transaction_intent(to_change=True):
            return begin(asked, str(view.list_title), actor)

    return export_list(job, request.args, actor, later, most=most)


def _job(view: type[ScopedModelView], tab: ListTab | None, actor: Actor) -> ListExport:
    note = _offered[view.__name__][1]
    return ListExport(
        title=str(view.list_title),
        columns=sheet_columns(view),
        spec=view.spec,
        scope=(tab.scope if tab else view.scope)(actor),
        options=view.list_options,
        tab=tab.key if tab else "",
        note=lambda rows, filters: note(actor, rows, filters),
    )


def may_export(asked: ExportRequest, actor: Actor) -> bool:
    """Return True if the actor still may export that list."""
    return actor.has_permission(BasicPermission.EXPORT, _offered[asked.view][0].class_permission_name)


def make_export(asked: ExportRequest, actor: Actor, meter: ProgressMeter) -> tuple[str, IO[bytes]]:
    """Return the list's title, and the file, written in the background.

    :raises Invalid: for a filter that is no longer valid.
    :raises Denied: 422 for more rows than a sheet holds.
    """
    view = _offered[asked.view][0]
    tab = next((one for one in view.tabs if one.key == asked.tab), None)
    args: MultiDict[str, str] = MultiDict([(name, value) for name, value in asked.args])
    job = _job(view, tab, actor)
    return job.title, export_long_list(job, args, actor, meter)
