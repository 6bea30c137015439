"""Instalments and receipts in the REST API (CUST-16, ``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.deals.payments import forms, services
from app.deals.payments.filters import PAYMENTS
from app.deals.payments.models import Receipt
from app.deals.payments.permissions import PaymentPermission
from app.deals.payments.queries import PAYMENT_PEOPLE, get_payment, receipts_of, visible_payments
from app.deals.payments.serializers import (
    PaymentRecord,
    ReceiptRecord,
    payment_record,
    payment_records,
    receipt_records,
)
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from app.deals.payments.models import Payment

RECEIPTS = ListSpec((), {"created_at": Receipt.created_at}, "-created_at")


class PaymentApi(KepanApi):
    """``/api/v1/payments``: the instalments of contracts."""

    route_base = "/api/v1/payments"
    class_permission_name = "Payment"
    record_type = PaymentRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Payment:
        """Return an instalment that the caller can open."""
        return get_payment(pk, actor=actor)

    @staticmethod
    def record(payment: Any) -> PaymentRecord:
        """Return the answer of every operation."""
        return payment_record(get_payment(payment.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(PaymentPermission.READ, lists=PAYMENTS, returns=PaymentRecord)
    def get_list(self) -> Response:
        """Lists the instalments that the caller may read, newest first (CUST-16)."""
        return self.list_answer(visible_payments(current_actor()), PAYMENTS, payment_records, *PAYMENT_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        PaymentPermission.CREATE,
        takes=forms.PaymentForm,
        returns=PaymentRecord,
        status=201,
        refusals=(404,),
    )
    def post(self) -> tuple[Response, int]:
        """Plans an instalment of a contract (CUST-16)."""
        form = self.body(forms.PaymentForm)

        def create() -> PaymentRecord:
            return self.record(services.create_payment(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(PaymentPermission.READ, returns=PaymentRecord)
    def get(self, pk: int) -> Response:
        """Returns one instalment."""
        return jsonify(payment_record(get_payment(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(PaymentPermission.UPDATE, takes=forms.PaymentEditForm, partial=True, returns=PaymentRecord)
    def patch(self, pk: int) -> Response:
        """Changes the due day or the amount; only what is sent changes (CUST-16)."""
        actor = current_actor()
        get_payment(pk, actor=actor)
        values = self.body(forms.PaymentEditForm, partial=True).values()
        return jsonify(self.record(services.update_payment(pk, values=values, actor=actor)))

    @expose("/<int:pk>/receipts", methods=["GET"])
    @endpoint(PaymentPermission.READ, lists=RECEIPTS, returns=ReceiptRecord)
    def get_receipts(self, pk: int) -> Response:
        """Lists the receipts of an instalment, newest first, counter-entries included (CUST-16)."""
        payment = get_payment(pk, actor=current_actor())
        return self.list_answer(receipts_of(payment), RECEIPTS, receipt_records)
