"""Tours in the REST API (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.channel.shared.permissions import TourPermission
from app.channel.tours import forms
from app.channel.tours import services as tours
from app.channel.tours.filters import FOLLOW_UPS, TOURS
from app.channel.tours.queries import TOUR_PEOPLE, get_tour, visible_tours
from app.channel.tours.serializers import (
    TourFollowUpRecord,
    TourRecord,
    tour_follow_up_records,
    tour_record,
    tour_records,
)
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.channel.tours.models import Tour


class TourApi(KepanApi):
    """``/api/v1/tours``."""

    route_base = "/api/v1/tours"
    class_permission_name = "Tour"
    record_type = TourRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Tour:
        """Return a tour that the caller can open."""
        return get_tour(pk, actor=actor)

    @expose("", methods=["GET"])
    @endpoint(TourPermission.USE, lists=TOURS, returns=TourRecord)
    def get_list(self) -> Response:
        """Lists the tours that the caller may see, newest first (CH-21)."""
        return self.list_answer(visible_tours(current_actor()), TOURS, tour_records, *TOUR_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(TourPermission.CREATE, takes=forms.TourForm, returns=TourRecord, status=201, refusals=(404,))
    def post(self) -> tuple[Response, int]:
        """Records a tour with the customer's intention, A to D (CH-21)."""
        form = self.body(forms.TourForm)

        def create() -> TourRecord:
            return tour_record(tours.record_tour(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(TourPermission.USE, returns=TourRecord)
    def get(self, pk: int) -> Response:
        """Returns one tour."""
        return jsonify(tour_record(get_tour(pk, actor=current_actor())))

    @expose("/<int:pk>/follow-ups", methods=["GET"])
    @endpoint(TourPermission.USE, lists=FOLLOW_UPS, returns=TourFollowUpRecord)
    def get_follow_ups(self, pk: int) -> Response:
        """Lists the follow-ups of a tour, newest first."""
        tour = get_tour(pk, actor=current_actor())
        return self.list_answer(tours.follow_ups_of(tour), FOLLOW_UPS, tour_follow_up_records)
