"""Shipping marks in the REST API (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.customers.shared.permissions import ShippingMarkPermission
from app.customers.shipping_marks.forms import MarkForm
from app.customers.shipping_marks.queries import get_mark
from app.customers.shipping_marks.serializers import MarkRecord, mark_record
from app.customers.shipping_marks.services import delete_mark, update_mark
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.customers.shipping_marks.models import ShippingMark


class ShippingMarkApi(KepanApi):
    """``/api/v1/shipping-marks``."""

    route_base = "/api/v1/shipping-marks"
    class_permission_name = "ShippingMark"
    record_type = MarkRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> ShippingMark:
        """A shipping mark of a customer that the caller knows."""
        return get_mark(pk, actor=actor)

    @staticmethod
    def record(mark: Any) -> MarkRecord:
        """A shipping mark, as it now is."""
        return mark_record(get_mark(mark.id, actor=current_actor()))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ShippingMarkPermission.READ, returns=MarkRecord)
    def get(self, pk: int) -> Response:
        """One shipping mark."""
        return jsonify(mark_record(get_mark(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(ShippingMarkPermission.UPDATE, takes=MarkForm, partial=True, returns=MarkRecord)
    def patch(self, pk: int) -> Response:
        """Edit fields of a shipping mark."""
        actor = current_actor()
        get_mark(pk, actor=actor)
        values = self.body(MarkForm, partial=True).values()
        return jsonify(self.record(update_mark(pk, values=values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(ShippingMarkPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Delete a shipping mark."""
        delete_mark(pk, actor=current_actor())
        return jsonify(id=pk)
