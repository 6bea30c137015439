"""Registration of broker companies with the application (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.companies.api import BrokerCompanyApi
from app.channel.companies.finding import BROKER_COMPANIES
from app.channel.companies.operations import ON_COMPANIES
from app.channel.companies.parts import tabs_of_parts
from app.channel.companies.services import name_taken
from app.channel.companies.views import BrokerCompanyView
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.lists.finding import declare_kind
from app.kernel.setup import add_apis, add_menu_entry, when_all_registered

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the broker companies."""
    refuses("uq_broker_company_name", name_taken)
    refuses("uq_broker_company_name_search", name_taken)
    for action in ON_COMPANIES:
        add_operation(BrokerCompanyView, None, action)
    add_menu_entry(app, "Broker companies", BrokerCompanyView, "fa-building-user", _("Broker companies"))
    add_apis(app, BrokerCompanyApi)
    declare_kind(BROKER_COMPANIES)
    when_all_registered(app, _finish)


def _finish() -> None:
    """Finish the registration after brokers and referrals have added their parts."""
    BrokerCompanyView.detail_tabs = (*tabs_of_parts(), OFFICE_LOG_TAB)
