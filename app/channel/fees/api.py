"""Viewing fees in the REST API (CH-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.channel.fees import forms
from app.channel.fees.filters import FEES
from app.channel.fees.queries import FEE_PEOPLE, get_fee, visible_fees
from app.channel.fees.serializers import FeeRecord, fee_records
from app.channel.fees.services import create_fee
from app.channel.shared.permissions import ViewingFeePermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.channel.fees.models import ViewingFee


class ViewingFeeApi(KepanApi):
    """``/api/v1/viewing-fees``."""

    route_base = "/api/v1/viewing-fees"
    class_permission_name = "ViewingFee"
    record_type = FeeRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> ViewingFee:
        """Return a fee that the caller can open."""
        return get_fee(pk, actor=actor)

    @staticmethod
    def record(fee: Any) -> FeeRecord:
        """Return the response of every operation."""
        return fee_records([get_fee(fee.id, actor=current_actor())])[0]

    @expose("", methods=["GET"])
    @endpoint(ViewingFeePermission.READ, lists=FEES, returns=FeeRecord)
    def get_list(self) -> Response:
        """Lists the viewing fees in the caller's scope, newest first (CH-25)."""
        return self.list_answer(visible_fees(current_actor()), FEES, fee_records, *FEE_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        ViewingFeePermission.CREATE, takes=forms.FeeForm, returns=FeeRecord, status=201, refusals=(404,)
    )
    def post(self) -> tuple[Response, int]:
        """Records a viewing fee; multipart/form-data carries the picture of the payment (CH-25)."""
        form = self.body(forms.FeeForm)

        def create() -> FeeRecord:
            actor, key = current_actor(), request.headers.get("Idempotency-Key")
            token = f"key:{actor.id}:{key}" if key else ""
            return self.record(create_fee(**form.values(), token=token, actor=actor))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ViewingFeePermission.READ, returns=FeeRecord)
    def get(self, pk: int) -> Response:
        """Returns one viewing fee."""
        return jsonify(fee_records([get_fee(pk, actor=current_actor())])[0])
