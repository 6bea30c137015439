"""The collections of a referral's parts in the REST API, and its timeline (CH-22, CH-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from flask_appbuilder.api import expose
from werkzeug.exceptions import Forbidden

from app.channel.referrals.parts import referral_parts
from app.channel.referrals.queries import get_referral
from app.channel.referrals.timeline import Timeline, event_record, same_customer_ids, timeline_of
from app.channel.shared.permissions import ReferralPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from app.channel.referrals.parts import Collection, ReferralPart


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
        if shown.resource and not actor.has_permission("read", shown.resource):
            raise Forbidden
        referral = get_referral(pk, actor=actor)
        whose = request.args.get("whose") or "code"
        if whose not in _WHOSE["whose"]:
            raise Invalid(whose=MESSAGES[422][1])
        pks = same_customer_ids(referral) if whose == "customer" else [pk]
        return self.list_answer(part.select(pks), spec, shown.records, *shown.options)

    call.__name__ = name
    call.__doc__ = shown.summary
    described = endpoint("read", lists=spec, arguments=_WHOSE, returns=shown.record_type)
    return expose(f"/<int:pk>/{shown.path}", methods=["GET"])(described(call))
