"""Handovers in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.handover.handovers import forms, services, starting
from app.handover.handovers.batches import BatchResults
from app.handover.handovers.filters import SPEC
from app.handover.handovers.permissions import HandoverPermission
from app.handover.handovers.queries import (
    PEOPLE,
    get_handover,
    handovers_in_batch,
    items_of,
    visible_handovers,
)
from app.handover.handovers.serializers import (
    HandoverRecord,
    HandoverRow,
    ItemRecord,
    StartedRecord,
    handover_record,
    handover_rows,
    item_record,
)
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from app.handover.handovers.models import Handover


class HandoverApi(KepanApi):
    """``/api/v1/handovers``."""

    route_base = "/api/v1/handovers"
    class_permission_name = "Handover"
    record_type = HandoverRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Handover:
        """Return a handover that the caller may see."""
        return get_handover(pk, actor=actor)

    @staticmethod
    def record(made: Handover) -> HandoverRecord:
        """Return the response of every operation."""
        return handover_record(made, items_of(made))

    @expose("", methods=["GET"])
    @endpoint(HandoverPermission.READ, lists=SPEC, returns=HandoverRow)
    def get_list(self) -> Response:
        """Handovers from people in scope and to the caller; ``waiting_for_me``: those that wait (HAND-7)."""
        return self.list_answer(visible_handovers(current_actor()), SPEC, handover_rows, *PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        HandoverPermission.CREATE,
        takes=forms.StartManyForm,
        returns=StartedRecord,
        status=201,
        refusals=(404, 429),
    )
    def post(self) -> tuple[Response, int]:
        """Starts handovers of customers to one colleague, all of them or none (HAND-1)."""
        form = self.body(forms.StartManyForm)
        return self.create_answer(lambda: _started(form.values()))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(HandoverPermission.READ, returns=HandoverRecord)
    def get(self, pk: int) -> Response:
        """One handover with its checklist."""
        return jsonify(self.record(get_handover(pk, actor=current_actor())))

    @expose("/<int:pk>/items/<int:item_id>", methods=["PATCH"])
    @endpoint(HandoverPermission.UPDATE, takes=forms.ItemForm, partial=True, returns=ItemRecord)
    def patch_item(self, pk: int, item_id: int) -> Response:
        """Marks an item as done or open, and notes what the receiver should know of it (HAND-2)."""
        actor = current_actor()
        get_handover(pk, actor=actor)
        values = self.body(forms.ItemForm, partial=True).values()
        if "note" in values:
            values["note"] = values["note"] or ""
        return jsonify(item_record(services.change_item(pk, item_id, **values, actor=actor)))


def _started(values: dict[str, Any]) -> StartedRecord:
    made = starting.start_handovers(**values, actor=current_actor())
    return {"ids": [one.id for one in made], "batch_id": made[0].batch_id}


class HandoverBatchApi(KepanApi):
    """``/api/v1/handover-batches``: one step for all handovers that were started together (HAND-1)."""

    route_base = "/api/v1/handover-batches"
    class_permission_name = "Handover"
    record_type = BatchResults

    @staticmethod
    def get_record(pk: int, actor: Any) -> int:
        """Return the batch, of which the caller sees a handover."""
        if not handovers_in_batch(pk, actor=actor):
            raise NotFound
        return pk
