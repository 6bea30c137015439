"""Registration of matching with the application: it joins customers and listings (LST-2 … LST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.parts import answer, register_parts
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import when_all_registered
from app.listings.homes.api import ListingApi
from app.listings.homes.views import ListingView
from app.listings.matching import choices
from app.listings.matching.api import add_matches
from app.listings.matching.hanging import PREFERENCES
from app.listings.matching.operations import SET_MUSTS
from app.listings.matching.permissions import MatchPermission
from app.listings.matching.tabs import CUSTOMERS_TAB, MEMORY, place_tab
from app.listings.matching.views import add_judge_page
from app.org.roles.names import CUSTOMER_WORKERS

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register matching: its operations, endpoints and tabs, and what becomes of its rows."""
    declare_dictionaries(choices)
    grant([*MatchPermission], CUSTOMER_WORKERS, words={"judge_listing": _("Note the answer to a listing")})
    add_operation(CustomerView, CustomerApi, SET_MUSTS)
    add_matches(CustomerApi, ListingApi)
    add_judge_page(CustomerView)
    register_parts(MEMORY)
    answer("match_preferences", PREFERENCES)
    if CUSTOMERS_TAB not in ListingView.detail_tabs:
        ListingView.detail_tabs = (CUSTOMERS_TAB, *ListingView.detail_tabs)
    when_all_registered(app, _add_tab)


def _add_tab() -> None:
    CustomerView.detail_tabs = place_tab(CustomerView.detail_tabs)
