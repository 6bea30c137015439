"""Long work in the REST API (PLAT-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.system.permissions import BackgroundRunPermission
from app.system.runs.queries import get_run, visible_runs
from app.system.runs.serializers import RunRecord, run_record
from app.system.runs.views import RunView, result_answer

if TYPE_CHECKING:
    from flask import Response


class RunApi(KepanApi):
    """``/runs``: the caller's own runs."""

    route_base = "/api/v1/runs"
    class_permission_name = "BackgroundRun"
    record_type = RunRecord
    record = staticmethod(run_record)

    @expose("", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, lists=RunView.spec, returns=RunRecord)
    def list(self) -> Response:
        """Lists the caller's background runs, newest first."""
        return self.list_answer(
            visible_runs(current_actor()), RunView.spec, lambda rows: [run_record(row) for row in rows]
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, returns=RunRecord)
    def get(self, pk: int) -> Response:
        """Returns one background run with its progress."""
        return jsonify(run_record(get_run(pk, actor=current_actor())))

    @expose("/<int:pk>/file", methods=["GET"])
    @endpoint(BackgroundRunPermission.READ, returns="*/*", refusals=(409,))
    def file(self, pk: int) -> Response:
        """Returns the file that the run made; 409 while there is none."""
        return result_answer(get_run(pk, actor=current_actor()))
