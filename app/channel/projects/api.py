"""Projects and plots in the REST API (CH-1)."""

from __future__ import annotations

from flask import Response, jsonify

from app.channel.projects.filters import PROJECTS
from app.channel.projects.queries import get_project, visible_projects
from app.channel.projects.serializers import ProjectRecord, project_record, project_records
from app.channel.shared.permissions import ProjectPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose


class ProjectApi(KepanApi):
    """``/api/v1/projects``."""

    route_base = "/api/v1/projects"
    class_permission_name = "Project"

    @expose("", methods=["GET"])
    @endpoint(ProjectPermission.USE, lists=PROJECTS, returns=ProjectRecord)
    def get_list(self) -> Response:
        """Lists the caller's projects (CH-1)."""
        return self.list_answer(visible_projects(current_actor()), PROJECTS, project_records)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ProjectPermission.USE, returns=ProjectRecord)
    def get(self, pk: int) -> Response:
        """Returns one project."""
        return jsonify(project_record(get_project(pk, actor=current_actor())))
