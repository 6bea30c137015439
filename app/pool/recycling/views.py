"""The rules of recycling in the back office, and their rehearsal (POOL-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.customers.shared import choices
from app.customers.shared.fields import LABELS
from app.customers.shared.queries import openable_names
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.pool.recycling import forms, policies, rules
from app.pool.recycling.filters import RULES
from app.pool.recycling.models import RecyclingRule
from app.pool.recycling.permissions import RecyclingRulePermission
from app.pool.recycling.queries import DEPARTMENTS, get_rule, visible_rules

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.settings.dictionaries import Dictionary

_FIELDS = ("department_id", "deal_status", "level", "days", "to_department_id")


def _department(rule: RecyclingRule) -> str:
    return rule.department.name if rule.department else gettext("All departments")


def _condition(codes: Dictionary, code: str | None) -> Any:
    return code_tag(codes, code) if code else gettext("Any")


def _target(rule: RecyclingRule) -> str:
    return rule.to_department.name if rule.to_department else gettext("The owner's department")


def _days(rule: RecyclingRule) -> str:
    return gettext("%(n)s days", n=rule.days) if rule.days else gettext("Never")


class RecyclingRuleView(ScopedModelView):
    """Lists, adds, edits and deletes rules; the rehearsal says what tonight's run would do."""

    datamodel = SQLAInterface(RecyclingRule)
    route_base = "/recycling-rules"
    class_permission_name = "RecyclingRule"
    include_route_methods = {"list", "show", "tab", "add", "edit", "rehearsal"}
    scope = staticmethod(visible_rules)
    spec = RULES
    list_options = DEPARTMENTS
    detail_tabs = (OFFICE_LOG_TAB,)
    list_title = _("Rules of the public pool")
    add_title = _("New rule")
    edit_title = _("Edit rule")
    empty_text = _("No rule yet; the days of the settings hold for everybody")
    add_form_class = forms.RuleForm
    edit_form_class = forms.RuleForm
    list_columns = ["department", "deal_status", "level", "days", "to_department", "created_at"]
    label_columns = {
        "department": _("Department and those below"),
        "deal_status": LABELS["deal_status"],
        "level": _("Level"),
        "days": _("Days without a follow-up"),
        "to_department": _("Into the pool of"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "department": _department,
        "deal_status": lambda rule: _condition(choices.DEAL_STATUS, rule.deal_status),
        "level": lambda rule: _condition(choices.LEVEL, rule.level),
        "days": _days,
        "to_department": _target,
    }
    show_fieldsets = [("", {"fields": list_columns})]

    def get_record(self, pk: int, actor: Actor) -> RecyclingRule:
        return get_rule(pk, actor=actor)

    def record_title(self, record: RecyclingRule) -> str:
        return f"{_department(record)} · {_days(record)}"

    def list_buttons(self, actor: Actor) -> list[Button]:
        """Return the button of the rehearsal beside those of every list."""
        buttons = super().list_buttons(actor)
        if actor.may(RecyclingRulePermission.REHEARSE):
            address = url_for("RecyclingRuleView.rehearsal")
            buttons.append(Button(gettext("Rehearsal"), address, "fa-vial"))
        return buttons

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [*self.edit_offers(actor), *operation_offers(self, actor)]

    def detail_buttons(self, record: RecyclingRule, actor: Actor, facts: Any) -> list[Button]:
        return [*self.edit_buttons(record, actor, facts), *operation_buttons(self, actor, record, facts)]

    def check_edit(self, record: RecyclingRule, actor: Actor, _facts: Any) -> Decision:
        return policies.can_keep_rules(actor, record)

    def form_data(self, record: RecyclingRule | None, _actor: Actor) -> dict[str, Any]:
        return {name: getattr(record, name) for name in _FIELDS} if record else {}

    def create(self, values: dict[str, Any], actor: Actor) -> RecyclingRule:
        return rules.create_rule(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> RecyclingRule:
        return rules.change_rule(pk, **values, actor=actor)

    @expose("/rehearsal", methods=["GET"])
    @permitted(RecyclingRulePermission.REHEARSE)
    def rehearsal(self) -> str:
        """Show what the job would do now: who would go, and who would stay and why."""
        actor = current_actor()
        found = rules.rehearse_rules(actor=actor)
        names = openable_names([*found.ids, *found.passed_over], actor)
        return render_template(
            "pool/rehearsal.html", found=found, names=names, back=url_for("RecyclingRuleView.list")
        )
