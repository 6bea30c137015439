"""Statistics in the REST API (CUST-25)."""

from __future__ import annotations

from flask import Response, jsonify

from app.customers.statistics.permissions import CustomerStatisticsPermission
from app.customers.statistics.queries import statistics_of
from app.customers.statistics.serializers import StatisticsRecord, statistics_record
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose


class CustomerStatisticsApi(KepanApi):
    """``/api/v1/customers/statistics``."""

    route_base = "/api/v1/customers"
    class_permission_name = "CustomerStatistics"

    @expose("/statistics", methods=["GET"])
    @endpoint(CustomerStatisticsPermission.READ, returns=StatisticsRecord)
    def statistics(self) -> Response:
        """Returns the figures of the customers in the caller's scope (CUST-25)."""
        return jsonify(statistics_record(statistics_of(current_actor())))
