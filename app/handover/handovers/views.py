"""The pages of handovers: list, record with its checklist (HAND-1 … HAND-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import LOG_TAB
from app.deals.shared.presentation import customer_cells
from app.handover.handovers import forms, policies, services
from app.handover.handovers.choices import REASON
from app.handover.handovers.filters import SPEC, TABS
from app.handover.handovers.models import Handover, HandoverItem
from app.handover.handovers.permissions import HandoverPermission
from app.handover.handovers.presentation import stage_tags, turn_of, waiting_text
from app.handover.handovers.queries import PEOPLE, facts_of, get_handover, get_item, visible_handovers
from app.handover.handovers.tabs import CHECKLIST
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import enabled_first
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import join_html
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.handover.handovers.policies import HandoverFacts
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.tabs import DetailTab


class HandoverView(ScopedModelView):
    """Handovers by their stage, and who acts next."""

    datamodel = SQLAInterface(Handover)
    route_base = "/handovers"
    class_permission_name = "Handover"
    menu_badge = "handovers"
    include_route_methods = {"list", "counts", "show", "tab", "item"}
    scope = staticmethod(visible_handovers)
    spec = SPEC
    tabs = TABS
    list_options = PEOPLE
    detail_tabs: ClassVar[Sequence[DetailTab]] = (CHECKLIST, LOG_TAB)
    list_title = _("Handovers")
    empty_text = _("No handover; start one from a customer's page or the list of customers")
    list_columns = [
        "customer", "stage", "former_owner", "receiver", "reason", "turn", "waiting", "created_at",
        "ended_at",
    ]  # fmt: skip
    label_columns = {
        "customer": _("Customer"),
        "stage": _("Stage of handover"),
        "former_owner": _("Former owner"),
        "receiver": _("Receiver"),
        "reason": _("Reason"),
        "turn": _("Acts next"),
        "waiting": _("Waiting"),
        "reason_back": _("Sent back or ended because"),
        "created_at": _("Started"),
        "ended_at": _("Ended at"),
    }
    formatters_columns = {
        "customer": lambda handover: handover.name_of_customer,
        "stage": lambda handover: join_html(stage_tags(handover)[:1]),
        "former_owner": lambda handover: handover.former_owner.name,
        "receiver": lambda handover: handover.receiver.name,
        "reason": lambda handover: REASON.label(handover.reason),
        "turn": turn_of,
        "waiting": waiting_text,
    }
    wide_columns = frozenset({"reason_back"})
    show_fieldsets = [
        (
            _("Handover"),
            {
                "fields": [
                    "customer", "former_owner", "receiver", "reason", "turn", "waiting", "reason_back",
                    "created_at", "ended_at",
                ]
            },
        ),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Handover:
        return get_handover(pk, actor=actor)

    def record_title(self, record: Handover) -> str:
        return record.name_of_customer

    def facts_of(self, records: Sequence[Handover], actor: Actor) -> Mapping[int, HandoverFacts]:
        return facts_of(records, actor)

    def cells_of(self, records: Sequence[Handover], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        return customer_cells(records, actor)

    def record_tags(self, record: Handover) -> list[Any]:
        return stage_tags(record)

    def row_buttons(self, record: Handover, actor: Actor, facts: Any) -> list[Button]:
        return operation_buttons(self, actor, record, facts, in_list=True)

    def detail_buttons(self, record: Handover, actor: Actor, facts: Any) -> list[Button]:
        return enabled_first(operation_buttons(self, actor, record, facts), 0)

    @expose("/<int:pk>/items/<int:item_id>", methods=["GET", "POST"])
    @permitted(HandoverPermission.UPDATE)
    def item(self, pk: int, item_id: int) -> Any:
        """Mark an item of the checklist, and note what the receiver should know of it (HAND-2)."""
        actor = current_actor()
        handover = get_handover(pk, actor=actor)
        item: HandoverItem = get_item(handover, item_id)
        policies.can_prepare(actor, handover, self.facts_for(handover, actor)).enforce()
        back = url_for("HandoverView.show", pk=pk, _anchor="checklist")
        return run_form(
            forms.ItemForm(data={"done": True, "note": item.note}),
            title=item.description,
            back_url=back,
            submit=lambda values: services.change_item(
                pk, item_id, done=values["done"], note=values["note"] or "", actor=actor
            ),
            done_url=lambda _result: back,
            submit_label=gettext("Save"),
        )
