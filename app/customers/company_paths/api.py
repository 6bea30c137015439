"""Company paths in the REST API (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.customers.company_paths.forms import PathForm
from app.customers.company_paths.queries import get_path
from app.customers.company_paths.serializers import PathRecord, path_record
from app.customers.company_paths.services import delete_path, update_path
from app.customers.shared.permissions import CompanyPathPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.customers.company_paths.models import CompanyPath


class CompanyPathApi(KepanApi):
    """``/api/v1/company-paths``."""

    route_base = "/api/v1/company-paths"
    class_permission_name = "CompanyPath"
    record_type = PathRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> CompanyPath:
        """A company path of a customer that the caller knows."""
        return get_path(pk, actor=actor)

    @staticmethod
    def record(path: Any) -> PathRecord:
        """A company path, as it now is."""
        return path_record(get_path(path.id, actor=current_actor()))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(CompanyPathPermission.READ, returns=PathRecord)
    def get(self, pk: int) -> Response:
        """One company path."""
        return jsonify(path_record(get_path(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(CompanyPathPermission.UPDATE, takes=PathForm, partial=True, returns=PathRecord)
    def patch(self, pk: int) -> Response:
        """Edit fields of a company path."""
        actor = current_actor()
        get_path(pk, actor=actor)
        values = self.body(PathForm, partial=True).values()
        return jsonify(self.record(update_path(pk, values=values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(CompanyPathPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Delete a company path."""
        delete_path(pk, actor=current_actor())
        return jsonify(id=pk)
