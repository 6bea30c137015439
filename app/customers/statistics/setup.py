"""Registration of the statistics with the application (CUST-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.statistics.api import CustomerStatisticsApi
from app.customers.statistics.exports import TITLE
from app.customers.statistics.permissions import CustomerStatisticsPermission
from app.customers.statistics.views import CustomerStatisticsView
from app.kernel.access.permissions import grant
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the statistics of customers."""
    grant([*CustomerStatisticsPermission], [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=TITLE)
    add_menu_entry(app, "Customer statistics", CustomerStatisticsView, "fa-chart-pie", TITLE)
    add_apis(app, CustomerStatisticsApi)
