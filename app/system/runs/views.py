"""The download centre (PLAT-5): the user's own runs, their progress, and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.kernel.access.current import current_actor
from app.kernel.database.transactions import end_reading
from app.kernel.errors import NotFound
from app.kernel.files.downloads import file_answer
from app.kernel.files.storage import storage
from app.kernel.jobs.lease import read_lease
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import NOTHING, code_cell, file_size
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.system.permissions import BackgroundRunPermission
from app.system.runs import services as runs
from app.system.runs.models import RUN_STATE, BackgroundRun
from app.system.runs.policies import can_fetch_result
from app.system.runs.queries import get_run, visible_runs

if TYPE_CHECKING:
    from flask import Response

    from app.kernel.access.actor import Actor


def result_answer(run: BackgroundRun) -> Response:
    """Return the run's file.

    :raises Denied: ``run.no_file``.
    """
    can_fetch_result(run).enforce()
    end_reading()
    try:
        pieces = storage().read(run.result_name or "")
    except FileNotFoundError:
        raise NotFound from None
    return file_answer(pieces, run.media_type, run.file_name, size=run.size)


_BAR = Markup(
    '<progress class="run-bar" data-live max="{}" value="{}" aria-label="{}"></progress> <span>{}</span>'
)


def _progress(run: BackgroundRun) -> Any:
    """Return a progress bar while it runs; then the amount done, or the error."""
    if run.problem:
        return gettext(run.problem)
    if run.state == "waiting":
        return Markup("<span data-live>{}</span>").format(gettext("Waiting"))
    if run.state == "running":
        return _BAR.format(max(run.total, 1), run.done, gettext("Progress"), _how_far(run))
    return f"{run.done:,}" if run.done else NOTHING


def _how_far(run: BackgroundRun) -> str:
    figures = {"done": f"{run.done:,}", "total": f"{run.total:,}"}
    kind = runs.find_kind(run.kind)
    if run.attempts > 1 and kind and kind.goes_on:
        return gettext("%(done)s of %(total)s, continued after a restart", **figures)
    if run.attempts > 1:
        return gettext("%(done)s of %(total)s, begun anew after a restart", **figures)
    return gettext("%(done)s of %(total)s", **figures)


class RunView(ScopedModelView):
    """``/downloads``."""

    datamodel = SQLAInterface(BackgroundRun)
    route_base = "/downloads"
    class_permission_name = "BackgroundRun"
    include_route_methods = {"list", "file"}
    scope = staticmethod(visible_runs)
    spec = ListSpec(
        (
            ChoiceFilter("state", _("State"), BackgroundRun.state, RUN_STATE),
            DateRangeFilter("created", _("Begun"), BackgroundRun.created_at),
        ),
        {"created_at": BackgroundRun.created_at},
        "-created_at",
    )
    list_title = _("Download centre")
    empty_text = _("Nothing here yet: exports and other long work appear here")
    list_columns = ["title", "state", "progress", "created_at", "finished_at", "size", "expires_at"]
    wide_columns = frozenset({"progress"})
    number_columns = frozenset({"size"})
    live_columns = tuple(BackgroundRun.__table__.c[name] for name in ("state", "done", "total"))
    label_columns = {
        "title": _("What"),
        "state": _("State"),
        "progress": _("Progress"),
        "created_at": _("Begun"),
        "finished_at": _("Ended"),
        "size": _("Size"),
        "expires_at": _("Kept until"),
    }
    formatters_columns = {
        "title": lambda run: f"{_kind_label(run)} · {run.title}",
        "state": code_cell(RUN_STATE, "state"),
        "progress": _progress,
        "size": lambda run: file_size(run.size) if run.has_file else "",
        "expires_at": lambda run: run.expires_at if run.has_file else None,
    }

    def row_buttons(self, record: BackgroundRun, actor: Actor, facts: Any) -> list[Button]:
        url = url_for("RunView.file", pk=record.id)
        fetch = [Button(gettext("Download"), url, "fa-download")] if record.has_file else []
        kind = runs.find_kind(record.kind)
        if kind is not None and kind.result_url is not None:
            fetch.append(Button(gettext("Result"), kind.result_url(record.id), "fa-list-check"))
        return [*fetch, *operation_buttons(self, actor, record, facts, in_list=True)]

    def list_buttons(self, actor: Actor) -> list[Button]:
        if not read_lease().held:
            flash(gettext("No runner is working: background runs wait until one is started"), "warning")
        return [Button(gettext("Batches"), url_for("BatchView.list"), "fa-list-check")]

    @expose("/<int:pk>/file", methods=["GET"])
    @permitted(BackgroundRunPermission.READ)
    def file(self, pk: int) -> Response:
        """Return the file of the user's own run."""
        return result_answer(get_run(pk, actor=current_actor()))


def _kind_label(run: BackgroundRun) -> str:
    kind = runs.find_kind(run.kind)
    return str(kind.label) if kind else run.kind
