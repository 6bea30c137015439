"""Registration of approvals with the application (APP-1 … APP-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.approvals import choices, policies
from app.approvals.api import ApprovalApi
from app.approvals.credit import CREDIT
from app.approvals.hanging import customers_with_open_requests, unmergeable
from app.approvals.kinds import declare_request_kind
from app.approvals.models import ApprovalRequest
from app.approvals.operations import APPROVE, ON_CUSTOMERS, ON_REQUESTS, REJECT
from app.approvals.permissions import ApprovalPermission, RequestPermission
from app.approvals.queries import count_waiting
from app.approvals.stages import STAGES
from app.approvals.tabs import REQUESTS
from app.approvals.views import ApprovalView
from app.audit.queries import counts_as_edit, register_code_fields
from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.hindrances import join_hindrance
from app.customers.shared.merges import refuses_merge
from app.customers.shared.parts import register_parts
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.pages.badges import badge
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.notices.deeds import Deed, offer_deeds
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask

TO_DECIDE = WorkItem(
    "approvals", _("Requests to decide"), "fa-stamp", ApprovalView, lambda _actor: {"tab": "waiting"}
)


def register(app: Flask) -> None:
    """Register requests, their kinds and their inbox, and add them to the customer."""
    declare_dictionaries(choices)
    _grant()
    for kind in (STAGES, CREDIT):
        declare_request_kind(kind)
    refuses("uq_approval_request_open", policies.already_open)
    refuses("uq_approval_step_decided", policies.decided_before)
    register_code_fields(ApprovalRequest.__audit__, state=choices.STATE)
    counts_as_edit("customer.change_stage")
    for action in ON_CUSTOMERS:
        add_operation(CustomerView, CustomerApi, action)
    for action in ON_REQUESTS:
        add_operation(ApprovalView, ApprovalApi, action)
    _join_customers()
    _add_notices()
    badge("approvals", count_waiting)
    declare_work(TO_DECIDE)
    add_menu_entry(app, "Approvals", ApprovalView, "fa-stamp", _("Approvals"))
    add_apis(app, ApprovalApi)


def _grant() -> None:
    """Everybody who works on customers and Finance ask and decide; the flow says on what (ACC-16)."""
    grant([ApprovalPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=_("Approvals"))
    working = [one for one in ApprovalPermission if one != ApprovalPermission.READ]
    grant(working, [*CUSTOMER_WORKERS, FINANCE])
    grant([RequestPermission.REQUEST_STAGE], CUSTOMER_WORKERS)
    grant([RequestPermission.REQUEST_CREDIT], [*CUSTOMER_WORKERS, FINANCE])


def _join_customers() -> None:
    """An open request keeps its customer with its owner, and forbids merges (POOL-19, CUST-9)."""
    join_hindrance(customers_with_open_requests)
    refuses_merge("approvals", unmergeable)
    register_parts(REQUESTS)


def _add_notices() -> None:
    """A notice leads to the request, which is decided where it is read (OFF-9)."""
    register_record_page(ApprovalRequest.__audit__, _page_of)
    declare_notice_kind(NoticeKind(ApprovalRequest.__audit__, _("Approvals"), needs=ApprovalPermission.READ))
    offer_deeds(ApprovalView, Deed(APPROVE, at_once=True), Deed(REJECT))


def _page_of(pk: int) -> str:
    return url_for("ApprovalView.show", pk=pk) if current_actor().may(ApprovalPermission.READ) else ""
