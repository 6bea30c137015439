"""Matches in the REST API, on customers and on listings (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify

from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import get_customer, get_fully_open_customer
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.listings.homes.permissions import ListingPermission
from app.listings.homes.queries import get_listing
from app.listings.matching.forms import JudgeForm
from app.listings.matching.permissions import MatchPermission
from app.listings.matching.queries import customers_for, listings_for
from app.listings.matching.serializers import (
    CustomerMatches,
    InterestRecord,
    ListingMatches,
    customer_matches,
    interest_record,
    listing_matches,
)
from app.listings.matching.services import judge_listing

if TYPE_CHECKING:
    from app.customers.profile.api import CustomerApi
    from app.listings.homes.api import ListingApi


@expose("/<int:pk>/matches", methods=["GET"])
@endpoint(CustomerPermission.READ, returns=ListingMatches)
def matches_of_customer(_self: KepanApi, pk: int) -> Response:
    """Listings on offer that fit the customer's demand, best first, each with its reasons (LST-3)."""
    actor = current_actor()
    return jsonify(listing_matches(listings_for(get_fully_open_customer(pk, actor=actor), actor)))


@expose("/<int:pk>/listings/<int:listing_id>", methods=["POST"])
@endpoint(MatchPermission.JUDGE_LISTING, takes=JudgeForm, returns=InterestRecord)
def judge(self: KepanApi, pk: int, listing_id: int) -> Response:
    """Notes what the customer thinks of a listing; a refused one stays out of matches (LST-3)."""
    actor = current_actor()
    get_customer(pk, actor=actor)
    values = self.body(JudgeForm).values()
    return jsonify(interest_record(judge_listing(pk, listing_id=listing_id, **values, actor=actor)))


@expose("/<int:pk>/matches", methods=["GET"])
@endpoint(ListingPermission.READ, returns=CustomerMatches)
def matches_of_listing(_self: KepanApi, pk: int) -> Response:
    """Customers whom the listing fits, of those that the caller sees in full, best first (LST-4)."""
    actor = current_actor()
    return jsonify(customer_matches(customers_for(get_listing(pk, actor=actor), actor)))


def add_matches(customers: type[CustomerApi], listings: type[ListingApi]) -> None:
    """Add the endpoints to the APIs of customers and listings, before registration."""
    customers.matches_of_customer = matches_of_customer
    customers.judge_listing = judge
    listings.matches_of_listing = matches_of_listing
