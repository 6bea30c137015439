"""On-site scans in the REST API (CH-13 … CH-16)."""

from __future__ import annotations

from flask import Response, jsonify, request

from app.channel.scans import forms
from app.channel.scans import services as scanning
from app.channel.scans.code_proof import prove_code
from app.channel.scans.filters import SCANS
from app.channel.scans.queries import SCAN_PEOPLE, get_scan, visible_scans
from app.channel.scans.serializers import (
    FoundRecord,
    ScannedRecord,
    ScanRecord,
    found_record,
    scan_record,
    scan_records,
)
from app.channel.shared.permissions import ScanPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, iso, refuse
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.text import read_id


class ScanApi(KepanApi):
    """``/api/v1/scans``."""

    route_base = "/api/v1/scans"
    class_permission_name = "Scan"
    record_type = ScanRecord

    @expose("", methods=["GET"])
    @endpoint(ScanPermission.USE, lists=SCANS, returns=ScanRecord)
    def get_list(self) -> Response:
        """Lists the scans that the caller may see, newest first (CH-16)."""
        return self.list_answer(visible_scans(current_actor()), SCANS, scan_records, *SCAN_PEOPLE)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ScanPermission.USE, returns=ScanRecord)
    def get_scan(self, pk: int) -> Response:
        """Returns one scan by its id (CH-16)."""
        return jsonify(scan_record(get_scan(pk, actor=current_actor())))

    @expose("/<string:token>", methods=["GET"])
    @endpoint(ScanPermission.USE, arguments={"project_id": ()}, returns=FoundRecord)
    def get(self, token: str) -> Response:
        """Returns the customer of a code, and whether they are protected; changes nothing (CH-13)."""
        found = scanning.lookup(token, project_id=_project_id(), actor=current_actor())
        return jsonify(found_record(found))

    @expose("", methods=["POST"])
    @endpoint(
        ScanPermission.CREATE, takes=forms.ScanForm, returns=ScannedRecord, status=201, refusals=(404, 429)
    )
    def post(self) -> tuple[Response, int] | Response:
        """Confirms a scan; a collision is recorded and answered with 409 (CH-13 … CH-15, CH-18)."""
        values, actor = self.body(forms.ScanForm).values(), current_actor()
        code, tail = values.pop("code"), values.pop("tail")
        if not values["token"]:
            values["token"] = prove_code(code=code, tail=tail or "", actor=actor)

        def create() -> ScannedRecord:
            made = scanning.scan(**values, actor=actor)
            until = iso(made.protected_until)
            return {
                **scan_record(made.scan),
                "protected_until": until,
                "probable_collision": made.is_probable,
            }

        answer = self.created_once(create)
        if answer["result"] == "collision":
            return refuse(scanning.collision_refusal(answer["id"], answer["protected_until"]))
        return jsonify(answer), 201


def _project_id() -> int | None:
    raw = request.args.get("project_id", "").strip()
    try:
        return read_id(raw) if raw else None
    except ValueError:
        raise Invalid(project_id=MESSAGES[422][1]) from None
