"""Registration of credit with the application (CUST-17, CUST-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.audit.queries import counts_as_edit
from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.parts import register_parts
from app.deals.credit import currencies, settings
from app.deals.credit.api import add_exposure_to_api
from app.deals.credit.operations import SET_CREDIT
from app.deals.credit.permissions import CreditPermission
from app.deals.credit.tabs import CREDIT, CREDIT_TAB
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import when_all_registered
from app.org.roles.names import FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the customer's credit: limits, exposure, its tabs."""
    declare_settings(settings)
    declare_dictionaries(currencies)
    grant([CreditPermission.SET_CREDIT], [FINANCE])
    counts_as_edit("customer.set_credit")
    add_operation(CustomerView, CustomerApi, SET_CREDIT)
    add_exposure_to_api(CustomerApi)
    register_parts(CREDIT)
    when_all_registered(app, _add_tab)


def _add_tab() -> None:
    """Add the tab of limits and exposure, which are no rows of their own, before the history of limits."""
    tabs = [tab for tab in CustomerView.detail_tabs if tab.key != CREDIT_TAB.key]
    place = next((number for number, tab in enumerate(tabs) if tab.key == CREDIT.key), len(tabs))
    CustomerView.detail_tabs = (*tabs[:place], CREDIT_TAB, *tabs[place:])
