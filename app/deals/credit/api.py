"""A customer's exposure in the REST API (CUST-18, ``spec/api.md``)."""

from __future__ import annotations

from flask import Response, jsonify

from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import get_fully_open_customer
from app.deals.credit.queries import credit_of
from app.deals.credit.serializers import Exposure, exposure_lines
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose


@expose("/<int:pk>/exposure", methods=["GET"])
@endpoint(CustomerPermission.READ, returns=Exposure)
def get_exposure(_self: KepanApi, pk: int) -> Response:
    """The limits of a customer, what is signed and unpaid, what remains and what is overdue (CUST-18)."""
    customer = get_fully_open_customer(pk, actor=current_actor())
    answer: Exposure = {
        "credit_enabled": customer.credit_enabled,
        "sinosure_insured": customer.sinosure_insured,
        "items": exposure_lines(credit_of(customer)),
    }
    return jsonify(answer)


def add_exposure_to_api(api: type[KepanApi]) -> None:
    """Add the endpoint to the customer's API, before registration."""
    api.get_exposure = get_exposure
