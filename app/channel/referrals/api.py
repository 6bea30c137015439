"""Referrals, their timeline and the collections of their parts in the REST API (CH-7 … CH-12, CH-22,
CH-29).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.exceptions import Forbidden

from app.channel.brokers import policies
from app.channel.brokers.queries import get_work_profile
from app.channel.referrals import forms, services
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.parts import referral_parts
from app.channel.referrals.presentation import referral_qr
from app.channel.referrals.queries import get_referral, visible_referrals
from app.channel.referrals.rows import API_READS, REFERRAL_ROWS
from app.channel.referrals.serializers import ReferralRecord, referral_record, referral_records
from app.channel.referrals.timeline import Timeline, event_record, same_customer_ids, timeline_of
from app.channel.shared.grants import BROKERS
from app.channel.shared.permissions import ReferralPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.rows import RowReader

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.channel.referrals.parts import Collection, ReferralPart
    from app.kernel.access.actor import Actor


def ask_working(actor: Actor) -> None:
    """Refuse brokers who may not work yet (CH-3).

    :raises Denied: ``broker.awaiting_review``.
    """
    if actor.roles & {*BROKERS}:
        policies.can_work(get_work_profile(actor)).enforce()


class ReferralApi(KepanApi):
    """``/api/v1/referrals``."""

    route_base = "/api/v1/referrals"
    class_permission_name = "Referral"
    record_type = ReferralRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Referral:
        """Return a referral that the caller can open."""
        return get_referral(pk, actor=actor)

    @staticmethod
    def record(referral: Any) -> ReferralRecord:
        """Return the response of every operation, with its people."""
        return referral_record(get_referral(referral.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(ReferralPermission.USE, lists=REFERRALS, returns=ReferralRecord)
    def get_list(self) -> Response:
        """Lists the referrals that the caller can open, newest first (CH-10, CH-22)."""
        actor = current_actor()
        ask_working(actor)
        reader = RowReader(REFERRAL_ROWS, API_READS, actor)
        return self.list_answer(visible_referrals(actor), REFERRALS, referral_records, reader=reader)

    @expose("", methods=["POST"])
    @endpoint(ReferralPermission.CREATE, takes=forms.ReferralForm, returns=ReferralRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Enters a customer, and reports it at once on request (CH-7 … CH-9)."""
        form = self.body(forms.ReferralForm)

        def create() -> ReferralRecord:
            return self.record(services.enter_referral(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ReferralPermission.USE, returns=ReferralRecord)
    def get(self, pk: int) -> Response:
        """Returns one referral."""
        actor = current_actor()
        ask_working(actor)
        return jsonify(referral_record(get_referral(pk, actor=actor)))

    @expose("/<int:pk>/qr.svg", methods=["GET"])
    @endpoint(ReferralPermission.USE, returns="image/svg+xml", refusals=(409,))
    def qr_svg(self, pk: int) -> Response:
        """Returns the viewing QR as an SVG drawing (CH-11)."""
        return _qr(pk, "svg")

    @expose("/<int:pk>/qr.png", methods=["GET"])
    @endpoint(ReferralPermission.USE, returns="image/png", refusals=(409,))
    def qr_png(self, pk: int) -> Response:
        """Returns the viewing QR as a PNG picture (CH-11)."""
        return _qr(pk, "png")


def _qr(pk: int, kind: str) -> Response:
    """Send the QR of the address that the on-site staff's phone opens; the first report makes its token."""
    actor = current_actor()
    ask_working(actor)
    return referral_qr(get_referral(pk, actor=actor), kind)


_WHOSE = {"whose": ["code", "customer"]}


class ReferralPartsApi(KepanApi):
    """``/api/v1/referrals/{id}/…``: the rows of this code, or with ``whose=customer`` of all codes of the
    customer (CH-23).
    """

    route_base = "/api/v1/referrals"
    class_permission_name = "Referral"

    @expose("/<int:pk>/timeline", methods=["GET"])
    @endpoint(ReferralPermission.READ, returns=Timeline)
    def get_timeline(self, pk: int) -> Response:
        """Returns what happened to the customer under all their codes, oldest first (CH-29)."""
        referral = get_referral(pk, actor=current_actor())
        return jsonify(items=[event_record(event) for event in timeline_of(referral)])


def offer_parts() -> None:
    """Add the collections of all parts to the API: after all subjects registered theirs, before its
    registration.
    """
    for part in referral_parts():
        if part.collection is not None:
            name = part.collection.path.replace("-", "_")
            setattr(ReferralPartsApi, name, _collection(name, part, part.collection))


def _collection(name: str, part: ReferralPart, shown: Collection) -> Any:
    spec = ListSpec((), {"created_at": part.model.created_at}, "-created_at")

    def call(self: KepanApi, pk: int) -> Response:
        actor = current_actor()
        if shown.read is not None and not actor.may(shown.read):
            raise Forbidden
        referral = get_referral(pk, actor=actor)
        whose = request.args.get("whose") or "code"
        if whose not in _WHOSE["whose"]:
            raise Invalid(whose=MESSAGES[422][1])
        pks = same_customer_ids(referral) if whose == "customer" else [pk]
        return self.list_answer(part.select(pks), spec, shown.records, *shown.options)

    call.__name__ = name
    call.__doc__ = shown.summary
    described = endpoint(ReferralPermission.READ, lists=spec, arguments=_WHOSE, returns=shown.record_type)
    return expose(f"/<int:pk>/{shown.path}", methods=["GET"])(described(call))
