"""The public pool's record in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import MESSAGES, Invalid
from app.pool.public_pool.filters import SPEC, TABS
from app.pool.public_pool.queries import PEOPLE, get_entry, visible_entries
from app.pool.public_pool.serializers import PoolEntryRecord, entry_record, entry_records
from app.pool.shared.permissions import PoolEntryPermission

if TYPE_CHECKING:
    from app.pool.public_pool.models import PoolEntry


class PoolEntryApi(KepanApi):
    """``/api/v1/pool-entries``."""

    route_base = "/api/v1/pool-entries"
    class_permission_name = "PoolEntry"
    record_type = PoolEntryRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> PoolEntry:
        """An entry of the public pool in reach."""
        return get_entry(pk, actor=actor)

    @expose("", methods=["GET"])
    @endpoint(
        PoolEntryPermission.READ,
        lists=SPEC,
        arguments={"tab": [tab.key for tab in TABS]},
        returns=PoolEntryRecord,
    )
    def get_list(self) -> Response:
        """Times of customers in the public pool in the caller's reach, newest first (POOL-19, POOL-20)."""
        wanted = request.args.get("tab")
        scopes = {tab.key: tab.scope for tab in TABS}
        if wanted and wanted not in scopes:
            raise Invalid(tab=MESSAGES[422][1])
        scope = scopes[wanted] if wanted else visible_entries
        return self.list_answer(scope(current_actor()), SPEC, entry_records, *PEOPLE)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(PoolEntryPermission.READ, returns=PoolEntryRecord)
    def get(self, pk: int) -> Response:
        """One time of a customer in the public pool."""
        return jsonify(entry_record(get_entry(pk, actor=current_actor())))
