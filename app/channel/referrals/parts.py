"""What stands beside a referral in the REST API: scans, tours, fees, rebindings, timeline (CH-22, CH-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.exceptions import Forbidden

from app.channel.collisions.models import RebindLog
from app.channel.collisions.queries import BOTH_BROKERS, rebinds_of
from app.channel.collisions.serializers import RebindRecord, rebind_records
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import FEE_PEOPLE, fees_of
from app.channel.fees.serializers import FeeRecord, fee_records
from app.channel.referrals.queries import get_referral
from app.channel.referrals.timeline import Timeline, event_record, same_customer_ids, timeline_of
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import SCAN_PEOPLE, scans_of
from app.channel.scans.serializers import ScanRecord, scan_records
from app.channel.tours.models import Tour
from app.channel.tours.queries import TOUR_PEOPLE, tours_of
from app.channel.tours.serializers import TourRecord, tour_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_WHOSE = {"whose": ["code", "customer"]}


def _newest(model: Any) -> ListSpec:
    return ListSpec((), {"created_at": model.created_at}, "-created_at")


_SCANS, _TOURS, _FEES, _REBINDS = (_newest(one) for one in (OnsiteScan, Tour, ViewingFee, RebindLog))


class ReferralPartsApi(KepanApi):
    """``/api/v1/referrals/{id}/…``: of the code alone, or with ``whose=customer`` under all codes (CH-23)."""

    route_base = "/api/v1/referrals"
    class_permission_name = "Referral"

    @expose("/<int:pk>/scans", methods=["GET"])
    @endpoint("read", lists=_SCANS, arguments=_WHOSE, returns=ScanRecord)
    def scans(self, pk: int) -> Response:
        """Scans of a referral, newest first."""
        return self._part(pk, scans_of, _SCANS, scan_records, SCAN_PEOPLE)

    @expose("/<int:pk>/tours", methods=["GET"])
    @endpoint("read", lists=_TOURS, arguments=_WHOSE, returns=TourRecord)
    def tours(self, pk: int) -> Response:
        """Tours of a referral, newest first."""
        return self._part(pk, tours_of, _TOURS, tour_records, TOUR_PEOPLE)

    @expose("/<int:pk>/viewing-fees", methods=["GET"])
    @endpoint("read", lists=_FEES, arguments=_WHOSE, returns=FeeRecord)
    def viewing_fees(self, pk: int) -> Response:
        """Viewing fees of a referral, newest first, voided ones too."""
        if not current_actor().may("read", "ViewingFee"):
            raise Forbidden
        return self._part(pk, fees_of, _FEES, fee_records, FEE_PEOPLE)

    @expose("/<int:pk>/rebinds", methods=["GET"])
    @endpoint("read", lists=_REBINDS, arguments=_WHOSE, returns=RebindRecord)
    def rebinds(self, pk: int) -> Response:
        """Rebindings away from and to a referral, newest first."""
        return self._part(pk, rebinds_of, _REBINDS, rebind_records, BOTH_BROKERS)

    @expose("/<int:pk>/timeline", methods=["GET"])
    @endpoint("read", returns=Timeline)
    def get_timeline(self, pk: int) -> Response:
        """Everything of the customer under all codes, oldest first (CH-29)."""
        referral = get_referral(pk, actor=current_actor())
        return jsonify(items=[event_record(event) for event in timeline_of(referral)])

    def _part(
        self,
        pk: int,
        select: Callable[[list[int]], Any],
        spec: ListSpec,
        records: Callable[[Iterable[Any]], list[Any]],
        people: tuple[Any, ...],
    ) -> Response:
        referral = get_referral(pk, actor=current_actor())
        whose = request.args.get("whose") or "code"
        if whose not in _WHOSE["whose"]:
            raise Invalid(whose=MESSAGES[422][1])
        pks = same_customer_ids(referral) if whose == "customer" else [pk]
        return self.list_answer(select(pks), spec, records, *people)
