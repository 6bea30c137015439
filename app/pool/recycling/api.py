"""The rules of recycling in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose, json_body
from app.pool.recycling import forms, rules
from app.pool.recycling.filters import RULES
from app.pool.recycling.permissions import RecyclingRulePermission
from app.pool.recycling.queries import DEPARTMENTS, get_rule, visible_rules
from app.pool.recycling.serializers import (
    RecyclingRuleRecord,
    RehearsalRecord,
    rehearsal_record,
    rule_record,
    rule_records,
)

if TYPE_CHECKING:
    from app.pool.recycling.models import RecyclingRule


class RecyclingRuleApi(KepanApi):
    """``/api/v1/recycling-rules``."""

    route_base = "/api/v1/recycling-rules"
    class_permission_name = "RecyclingRule"
    record_type = RecyclingRuleRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> RecyclingRule:
        """A rule of the caller's company."""
        return get_rule(pk, actor=actor)

    @expose("", methods=["GET"])
    @endpoint(RecyclingRulePermission.READ, lists=RULES, returns=RecyclingRuleRecord)
    def get_list(self) -> Response:
        """The rules of the caller's company, newest first (POOL-19)."""
        return self.list_answer(visible_rules(current_actor()), RULES, rule_records, *DEPARTMENTS)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(RecyclingRulePermission.READ, returns=RecyclingRuleRecord)
    def get(self, pk: int) -> Response:
        """One rule."""
        return jsonify(rule_record(get_rule(pk, actor=current_actor())))

    @expose("", methods=["POST"])
    @endpoint(RecyclingRulePermission.CREATE, takes=forms.RuleForm, returns=RecyclingRuleRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Adds a rule (POOL-19)."""
        form = self.body(forms.RuleForm)
        return self.create_answer(
            lambda: rule_record(rules.create_rule(**form.values(), actor=current_actor()))
        )

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(RecyclingRulePermission.UPDATE, takes=forms.RuleForm, partial=True, returns=RecyclingRuleRecord)
    def patch(self, pk: int) -> Response:
        """Changes a rule (POOL-19)."""
        actor = current_actor()
        get_rule(pk, actor=actor)
        values, sent = self.body(forms.RuleForm, partial=True).values(), json_body()
        changed = {name: value for name, value in values.items() if name in sent}
        return jsonify(rule_record(rules.change_rule(pk, **changed, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(RecyclingRulePermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Deletes a rule (POOL-19)."""
        rules.delete_rule(pk, actor=current_actor())
        return jsonify(id=pk)

    @expose("/rehearse", methods=["POST"])
    @endpoint(RecyclingRulePermission.REHEARSE, takes=forms.RehearsalForm, returns=RehearsalRecord)
    def rehearse(self) -> Response:
        """Says what the job would do now, by the rules as they are or with one rule tried (POOL-19)."""
        actor = current_actor()
        found = rules.rehearse_rules(**self.body(forms.RehearsalForm).values(), actor=actor)
        return jsonify(rehearsal_record(found, actor))
