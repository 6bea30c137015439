"""The pages of requests: the inbox with its tabs, and the page of a request (APP-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.approvals import choices
from app.approvals.filters import SPEC, TABS
from app.approvals.models import ApprovalRequest
from app.approvals.presentation import deciders_in_words, difference_in_words, state_tags
from app.approvals.queries import WITH_PEOPLE, facts_of_requests, get_request, visible_requests
from app.approvals.tabs import DIFFERENCE, STEPS
from app.audit.presentation import LOG_TAB
from app.kernel.pages.elements import enabled_first
from app.kernel.pages.formatting import code_tag, join_html
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.approvals.policies import ApprovalFacts
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button


class ApprovalView(ScopedModelView):
    """Requests that wait for the actor, that they made and decided, each with its difference."""

    datamodel = SQLAInterface(ApprovalRequest)
    route_base = "/approvals"
    class_permission_name = "Approval"
    include_route_methods = {"list", "counts", "show", "tab"}
    scope = staticmethod(visible_requests)
    spec = SPEC
    tabs = TABS
    list_options = WITH_PEOPLE
    menu_badge = "approvals"
    list_title = _("Approvals")
    empty_text = _("No request here; ask for a change on a customer's page")
    detail_tabs = (DIFFERENCE, STEPS, LOG_TAB)
    list_columns = [
        "customer",
        "kind",
        "difference",
        "status",
        "requester",
        "deciders",
        "reason",
        "created_at",
    ]
    wide_columns = frozenset({"difference", "reason"})
    label_columns = {
        "customer": _("Customer"),
        "kind": _("Kind of request"),
        "difference": _("Before → after"),
        "status": _("State"),
        "requester": _("Asked by"),
        "deciders": _("Waits for"),
        "reason": _("Reason"),
        "created_at": _("Time"),
        "closed_at": _("Closed at"),
    }
    formatters_columns = {
        "customer": lambda record: record.customer.name,
        "kind": lambda record: code_tag(choices.KIND, record.kind),
        "difference": difference_in_words,
        "status": lambda record: join_html(state_tags(record)),
        "requester": lambda record: record.requester.display_name,
        "deciders": deciders_in_words,
    }
    show_fieldsets = [
        (
            _("Request"),
            {
                "fields": [
                    "customer", "kind", "difference", "status", "deciders", "requester", "reason",
                    "created_at", "closed_at",
                ]
            },
        )
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> ApprovalRequest:
        return get_request(pk, actor=actor)

    def record_title(self, record: ApprovalRequest) -> str:
        return f"{choices.KIND.label(record.kind)} · {record.customer.name}"

    def record_tags(self, record: ApprovalRequest) -> list[Any]:
        return state_tags(record)

    def facts_of(self, records: Sequence[ApprovalRequest], actor: Actor) -> Mapping[int, ApprovalFacts]:
        return facts_of_requests(records, actor)

    def row_buttons(self, record: ApprovalRequest, actor: Actor, facts: Any) -> list[Button]:
        return operation_buttons(self, actor, record, facts, in_list=True)

    def detail_buttons(self, record: ApprovalRequest, actor: Actor, facts: Any) -> list[Button]:
        return enabled_first(operation_buttons(self, actor, record, facts), 0)
