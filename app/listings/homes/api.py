"""Listings in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.listings.homes import forms, services
from app.listings.homes.filters import SPEC
from app.listings.homes.permissions import ListingPermission
from app.listings.homes.queries import PEOPLE, get_listing, visible_listings
from app.listings.homes.serializers import ListingRecord, listing_record, listing_records

if TYPE_CHECKING:
    from app.listings.homes.models import Listing


class ListingApi(KepanApi):
    """``/api/v1/listings``."""

    route_base = "/api/v1/listings"
    class_permission_name = "Listing"
    record_type = ListingRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Listing:
        """Return a listing that the caller may see."""
        return get_listing(pk, actor=actor)

    @staticmethod
    def record(made: Any) -> ListingRecord:
        """Return the response of every operation."""
        return listing_record(made)

    @expose("", methods=["GET"])
    @endpoint(ListingPermission.READ, lists=SPEC, returns=ListingRecord)
    def get_list(self) -> Response:
        """Listings on offer of the caller's company, and those that the caller's people maintain (LST-0)."""
        return self.list_answer(visible_listings(current_actor()), SPEC, listing_records, *PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(ListingPermission.CREATE, takes=forms.ListingForm, returns=ListingRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Enters a listing, on offer at once (LST-1)."""
        given = self.body(forms.ListingForm).split()
        return self.create_answer(
            lambda: listing_record(services.create_listing(**given, actor=current_actor()))
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ListingPermission.READ, returns=ListingRecord)
    def get(self, pk: int) -> Response:
        """One listing."""
        return jsonify(listing_record(get_listing(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        ListingPermission.UPDATE,
        takes=forms.ListingEditForm,
        partial=True,
        returns=ListingRecord,
        refusals=(412,),
    )
    def patch(self, pk: int) -> Response:
        """Edits a listing; ``version``, where given, is the save seen (CUST-20)."""
        actor = current_actor()
        get_listing(pk, actor=actor)
        values = self.body(forms.ListingEditForm, partial=True).values()
        version = values.pop("version", None)
        return jsonify(
            listing_record(services.update_listing(pk, values=values, version=version, actor=actor))
        )
