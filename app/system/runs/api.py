"""Long work in the REST API (PLAT-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import jsonify, url_for
from flask_babel import gettext

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, iso
from app.kernel.api.schemas import Moment
from app.system.permissions import BackgroundRunPermission
from app.system.runs import services as runs
from app.system.runs.models import RUN_STATE, BackgroundRun
from app.system.runs.queries import get_run, visible_runs
from app.system.runs.views import RunView, result_answer

if TYPE_CHECKING:
    from flask import Response


class RunRecord(TypedDict):
    """A background run of the caller; ``file_url`` is the address of its result, null until there is one."""

    id: int
    kind: str
    title: str
    state: Annotated[str, RUN_STATE]
    done: int
    total: int
    problem: str
    file_name: str
    size: int
    file_url: str | None
    created_at: Moment | None
    finished_at: Moment | None
    expires_at: Moment | None


def _record(run: BackgroundRun) -> RunRecord:
    return {
        "id": run.id,
        "kind": run.kind,
        "title": run.title,
        "state": run.state,
        "done": run.done,
        "total": run.total,
        "problem": gettext(run.problem) if run.problem else "",
        "file_name": run.file_name,
        "size": run.size,
        "file_url": url_for("RunApi.file", pk=run.id) if run.has_file else None,
        "created_at": iso(run.created_at),
        "finished_at": iso(run.finished_at),
        "expires_at": iso(run.expires_at),
    }


class RunApi(KepanApi):
    """``/runs``: the caller's own runs."""

    route_base = "/api/v1/runs"
    class_permission_name = "BackgroundRun"

    @expose("", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, lists=RunView.spec, returns=RunRecord)
    def list(self) -> Response:
        """Lists the caller's background runs, newest first."""
        return self.list_answer(
            visible_runs(current_actor()), RunView.spec, lambda rows: [_record(row) for row in rows]
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, returns=RunRecord)
    def get(self, pk: int) -> Response:
        """Returns one background run with its progress."""
        return jsonify(_record(get_run(pk, actor=current_actor())))

    @expose("/<int:pk>/cancel", methods=["POST"])
    @endpoint(BackgroundRunPermission.CANCEL, returns=RunRecord)
    def cancel(self, pk: int) -> Response:
        """Cancels a run: at once while it waits, at its next step while it runs."""
        return jsonify(_record(runs.cancel_run(pk, actor=current_actor())))

    @expose("/<int:pk>/file", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, returns="*/*", refusals=(409,))
    def file(self, pk: int) -> Response:
        """Returns the file that the run made; 409 while there is none."""
        return result_answer(get_run(pk, actor=current_actor()))
