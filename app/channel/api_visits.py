"""Scans and tours in the REST API (``spec/api.md``, CH-13 … CH-16, CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.channel import forms, scanning, tours
from app.channel.listing import FOLLOW_UPS, SCANS, TOURS
from app.channel.queries import SCAN_PEOPLE, TOUR_PEOPLE, get_scan, get_tour, visible_scans, visible_tours
from app.channel.records import (
    FoundRecord,
    ScannedRecord,
    ScanRecord,
    TourFollowUpRecord,
    TourRecord,
    found_record,
    scan_record,
    scan_records,
    tour_follow_up_record,
    tour_follow_up_records,
    tour_record,
    tour_records,
)
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, iso, refuse
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.text import read_id

if TYPE_CHECKING:
    from app.channel.models import Tour


class ScanApi(KepanApi):
    """``/api/v1/scans``."""

    route_base = "/api/v1/scans"
    class_permission_name = "Scan"
    record_type = ScanRecord

    @expose("", methods=["GET"])
    @endpoint("use", lists=SCANS, returns=ScanRecord)
    def get_list(self) -> Response:
        """Scans that the caller may see, newest first (CH-16)."""
        return self.list_answer(visible_scans(current_actor()), SCANS, scan_records, *SCAN_PEOPLE)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("use", returns=ScanRecord)
    def get_scan(self, pk: int) -> Response:
        """One scan by its id (CH-16)."""
        return jsonify(scan_record(get_scan(pk, actor=current_actor())))

    @expose("/<string:token>", methods=["GET"])
    @endpoint("use", arguments={"project_id": ()}, returns=FoundRecord)
    def get(self, token: str) -> Response:
        """Whom a code belongs to, and whether the customer is protected; writes nothing (CH-13)."""
        found = scanning.lookup(token, project_id=_project_id(), actor=current_actor())
        return jsonify(found_record(found))

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.ScanForm, returns=ScannedRecord, status=201, refusals=(404,))
    def post(self) -> tuple[Response, int] | Response:
        """Confirm a scan; a collision is committed and answered with 409 (CH-13 … CH-15, CH-18)."""
        form = self.body(forms.ScanForm)

        def create() -> ScannedRecord:
            made = scanning.scan(**form.values(), actor=current_actor())
            return {**scan_record(made.scan), "protected_until": iso(made.protected_until)}

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


class TourApi(KepanApi):
    """``/api/v1/tours``."""

    route_base = "/api/v1/tours"
    class_permission_name = "Tour"
    record_type = TourRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Tour:
        """A tour that the caller can open."""
        return get_tour(pk, actor=actor)

    @expose("", methods=["GET"])
    @endpoint("use", lists=TOURS, returns=TourRecord)
    def get_list(self) -> Response:
        """Tours that the caller may see, newest first (CH-21)."""
        return self.list_answer(visible_tours(current_actor()), TOURS, tour_records, *TOUR_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.TourForm, returns=TourRecord, status=201, refusals=(404,))
    def post(self) -> tuple[Response, int]:
        """Record a tour with the intention, A to D (CH-21)."""
        form = self.body(forms.TourForm)

        def create() -> TourRecord:
            return tour_record(tours.record_tour(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("use", returns=TourRecord)
    def get(self, pk: int) -> Response:
        """One tour."""
        return jsonify(tour_record(get_tour(pk, actor=current_actor())))

    @expose("/<int:pk>/follow-ups", methods=["GET"])
    @endpoint("use", lists=FOLLOW_UPS, returns=TourFollowUpRecord)
    def get_follow_ups(self, pk: int) -> Response:
        """Follow-ups of a tour, newest first."""
        tour = get_tour(pk, actor=current_actor())
        return self.list_answer(tours.follow_ups_of(tour), FOLLOW_UPS, tour_follow_up_records)

    @expose("/<int:pk>/follow-ups", methods=["POST"])
    @endpoint("follow_up", takes=forms.TourFollowUpForm, returns=TourFollowUpRecord, status=201)
    def follow_up(self, pk: int) -> tuple[Response, int]:
        """One more follow-up after a tour (CH-21)."""
        actor = current_actor()
        get_tour(pk, actor=actor)
        form = self.body(forms.TourFollowUpForm)

        def create() -> TourFollowUpRecord:
            return tour_follow_up_record(tours.follow_tour(pk, **form.values(), actor=actor))

        return self.create_answer(create)
