"""Opportunities in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.deals.opportunities import forms, services
from app.deals.opportunities.filters import SPEC
from app.deals.opportunities.queries import PEOPLE, get_opportunity, visible_opportunities
from app.deals.opportunities.serializers import OpportunityRecord, opportunity_record, opportunity_records
from app.deals.shared.permissions import OpportunityPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.deals.opportunities.models import Opportunity


class OpportunityApi(KepanApi):
    """``/api/v1/opportunities``."""

    route_base = "/api/v1/opportunities"
    class_permission_name = "Opportunity"
    record_type = OpportunityRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Opportunity:
        """Return an opportunity that the caller may see."""
        return get_opportunity(pk, actor=actor)

    @staticmethod
    def record(made: Any) -> OpportunityRecord:
        """Return the response of every operation."""
        return opportunity_record(made)

    @expose("", methods=["GET"])
    @endpoint(OpportunityPermission.READ, lists=SPEC, returns=OpportunityRecord)
    def get_list(self) -> Response:
        """Opportunities of customers that the caller opens, and the caller's own (CUST-15)."""
        return self.list_answer(visible_opportunities(current_actor()), SPEC, opportunity_records, *PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        OpportunityPermission.CREATE,
        takes=forms.OpportunityForm,
        returns=OpportunityRecord,
        status=201,
        refusals=(404,),
    )
    def post(self) -> tuple[Response, int]:
        """Adds an opportunity of a customer (CUST-16)."""
        form = self.body(forms.OpportunityForm)
        return self.create_answer(
            lambda: self.record(services.create_opportunity(**form.values(), actor=current_actor()))
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(OpportunityPermission.READ, returns=OpportunityRecord)
    def get(self, pk: int) -> Response:
        """One opportunity."""
        return jsonify(opportunity_record(get_opportunity(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        OpportunityPermission.UPDATE,
        takes=forms.OpportunityEditForm,
        partial=True,
        returns=OpportunityRecord,
        refusals=(412,),
    )
    def patch(self, pk: int) -> Response:
        """Edits fields; ``version``, where it is given, is the save the caller has seen (CUST-20)."""
        actor = current_actor()
        get_opportunity(pk, actor=actor)
        values = self.body(forms.OpportunityEditForm, partial=True).values()
        version = values.pop("version", None)
        return jsonify(
            self.record(services.update_opportunity(pk, values=values, version=version, actor=actor))
        )
