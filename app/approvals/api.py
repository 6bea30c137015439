"""Requests in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.approvals import forms, services
from app.approvals.filters import SPEC, TABS
from app.approvals.permissions import ApprovalPermission
from app.approvals.queries import WITH_PEOPLE, get_request, visible_requests
from app.approvals.serializers import ApprovalRecord, approval_record, approval_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.fields.forms import BaseForm

if TYPE_CHECKING:
    from app.approvals.models import ApprovalRequest


class ApprovalApi(KepanApi):
    """``/api/v1/approvals``."""

    route_base = "/api/v1/approvals"
    class_permission_name = "Approval"
    record_type = ApprovalRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> ApprovalRequest:
        """Return a request that the caller may see."""
        return get_request(pk, actor=actor)

    @staticmethod
    def record(made: Any) -> ApprovalRecord:
        """Return the response of every operation."""
        return approval_record(made)

    @expose("", methods=["GET"])
    @endpoint(
        ApprovalPermission.READ,
        lists=SPEC,
        arguments={"tab": [tab.key for tab in TABS]},
        returns=ApprovalRecord,
    )
    def get_list(self) -> Response:
        """Requests that the caller may see, newest first; or one tab of them (APP-6)."""
        wanted = request.args.get("tab")
        scopes = {tab.key: tab.scope for tab in TABS}
        if wanted and wanted not in scopes:
            raise Invalid(tab=MESSAGES[422][1])
        scope = scopes[wanted] if wanted else visible_requests
        return self.list_answer(scope(current_actor()), SPEC, approval_records, *WITH_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        ApprovalPermission.CREATE,
        takes=forms.RequestForm,
        returns=ApprovalRecord,
        status=201,
        refusals=(404,),
    )
    def post(self) -> tuple[Response, int]:
        """Asks for a change of a customer (APP-3)."""
        given = BaseForm.values(self.body(forms.RequestForm))
        return self.create_answer(lambda: self.record(services.file_request(**given, actor=current_actor())))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ApprovalPermission.READ, returns=ApprovalRecord)
    def get(self, pk: int) -> Response:
        """One request: its state, present level, difference and decisions."""
        return jsonify(approval_record(get_request(pk, actor=current_actor())))
