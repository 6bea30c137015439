"""Property consultants in the REST API (CH-20)."""

from __future__ import annotations

from flask import Response, jsonify

from app.channel.consultants.filters import CONSULTANTS
from app.channel.projects.queries import offered_consultants
from app.channel.shared.permissions import ProjectPermission
from app.channel.shared.serializers import BusinessContact, colleague
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.database.records import get_one
from app.org.shared.models import Staff


class ConsultantApi(KepanApi):
    """``/api/v1/consultants``: the consultants that a referral may ask for and a scan may choose."""

    route_base = "/api/v1/consultants"
    class_permission_name = "Project"

    @expose("", methods=["GET"])
    @endpoint(ProjectPermission.USE, lists=CONSULTANTS, returns=BusinessContact)
    def get_list(self) -> Response:
        """Lists the consultants of the caller's projects (CH-13)."""
        return self.list_answer(
            offered_consultants(current_actor()), CONSULTANTS, lambda rows: [colleague(row) for row in rows]
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ProjectPermission.USE, returns=BusinessContact)
    def get(self, pk: int) -> Response:
        """Returns one consultant."""
        return jsonify(colleague(get_one(offered_consultants(current_actor()).where(Staff.id == pk))))
