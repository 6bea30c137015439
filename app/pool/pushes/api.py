"""Pushes in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask_babel import lazy_gettext as _

from app.customers.shared.pushes import Push
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import MESSAGES, Invalid
from app.kernel.lists.filters import ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.pool.pushes.filters import SPEC, TABS
from app.pool.pushes.queries import WITH_CUSTOMER, get_push, visible_pushes
from app.pool.pushes.serializers import PushRecord, push_record, push_records
from app.pool.shared.permissions import PushPermission

_OF_A_CUSTOMER = ReferenceFilter("customer_id", _("Customer"), Push.customer_id, lambda: "", lambda _pk: "")
_SPEC = ListSpec((*SPEC.filters, _OF_A_CUSTOMER), SPEC.orders, SPEC.default_order)


class PushApi(KepanApi):
    """``/api/v1/pushes``."""

    route_base = "/api/v1/pushes"
    class_permission_name = "Push"
    record_type = PushRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Push:
        """A push that one sent or received."""
        return get_push(pk, actor=actor)

    @staticmethod
    def record(push: Push) -> PushRecord:
        """A push, as it now is."""
        return push_record(get_push(push.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(
        PushPermission.READ, lists=_SPEC, arguments={"tab": [tab.key for tab in TABS]}, returns=PushRecord
    )
    def get_list(self) -> Response:
        """Pushes that the caller sent or received, newest first; or one tab of them."""
        wanted = request.args.get("tab")
        scopes = {tab.key: tab.scope for tab in TABS}
        if wanted and wanted not in scopes:
            raise Invalid(tab=MESSAGES[422][1])
        scope = scopes[wanted] if wanted else visible_pushes
        return self.list_answer(scope(current_actor()), _SPEC, push_records, *WITH_CUSTOMER)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(PushPermission.READ, returns=PushRecord)
    def get(self, pk: int) -> Response:
        """One push."""
        return jsonify(push_record(get_push(pk, actor=current_actor())))
