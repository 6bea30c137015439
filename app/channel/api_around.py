"""What stands beside a referral in the REST API: scans, tours, fees, rebindings, timeline (CH-22, CH-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.exceptions import Forbidden

from app.channel import timeline
from app.channel.models import OnsiteScan, RebindLog, Tour, ViewingFee
from app.channel.money_records import (
    FeeRecord,
    RebindRecord,
    Timeline,
    event_record,
    fee_records,
    rebind_records,
)
from app.channel.queries import FEE_PEOPLE, SCAN_PEOPLE, TOUR_PEOPLE, get_referral
from app.channel.records import ScanRecord, TourRecord, scan_records, tour_records
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
        return self._part(pk, timeline.scans_of, _SCANS, scan_records, SCAN_PEOPLE)

    @expose("/<int:pk>/tours", methods=["GET"])
    @endpoint("read", lists=_TOURS, arguments=_WHOSE, returns=TourRecord)
    def tours(self, pk: int) -> Response:
        """Tours of a referral, newest first."""
        return self._part(pk, timeline.tours_of, _TOURS, tour_records, TOUR_PEOPLE)

    @expose("/<int:pk>/viewing-fees", methods=["GET"])
    @endpoint("read", lists=_FEES, arguments=_WHOSE, returns=FeeRecord)
    def viewing_fees(self, pk: int) -> Response:
        """Viewing fees of a referral, newest first, voided ones too."""
        if not current_actor().may("read", "ViewingFee"):
            raise Forbidden
        return self._part(pk, timeline.fees_of, _FEES, fee_records, FEE_PEOPLE)

    @expose("/<int:pk>/rebinds", methods=["GET"])
    @endpoint("read", lists=_REBINDS, arguments=_WHOSE, returns=RebindRecord)
    def rebinds(self, pk: int) -> Response:
        """Rebindings away from and to a referral, newest first."""
        return self._part(pk, timeline.rebinds_of, _REBINDS, rebind_records, timeline.BOTH_BROKERS)

    @expose("/<int:pk>/timeline", methods=["GET"])
    @endpoint("read", returns=Timeline)
    def get_timeline(self, pk: int) -> Response:
        """Everything of the customer under all codes, oldest first (CH-29)."""
        referral = get_referral(pk, actor=current_actor())
        return jsonify(items=[event_record(event) for event in timeline.timeline_of(referral)])

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
        pks = timeline.same_customer_ids(referral) if whose == "customer" else [pk]
        return self.list_answer(select(pks), spec, records, *people)
