"""The operations on requests, and those that file one on a customer's page (APP-3, APP-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.approvals import forms, policies, services
from app.approvals.choices import CREDIT_CHANGE, STAGE_CHANGE
from app.approvals.presentation import difference_in_words
from app.approvals.queries import open_requests
from app.approvals.serializers import ApprovalRecord, approval_record
from app.customers.shared.choices import STAGE
from app.deals.credit.forms import CreditForm
from app.deals.credit.queries import credit_of
from app.deals.shared.currencies import DEFAULT
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage

if TYPE_CHECKING:
    from app.approvals.models import ApprovalRequest
    from app.customers.shared.models import Customer


def _open_one(customer: Customer, kind: str) -> str:
    """Say before one asks that a request of this kind is open (APP-8)."""
    waiting = [one for one in open_requests([customer.id]) if one.kind == kind]
    if not waiting:
        return ""
    return gettext("A request is open already: %(difference)s", difference=difference_in_words(waiting[0]))


def _stage_note(customer: Customer) -> str:
    now = gettext("Present stage: %(stage)s", stage=STAGE.label(customer.stage))
    return ". ".join(filter(None, (now, _open_one(customer, STAGE_CHANGE))))


def _credit(customer: Customer) -> dict[str, Any]:
    limit = credit_of(customer).line(DEFAULT).limit
    return {"credit_enabled": customer.credit_enabled, "currency": DEFAULT, "amount": limit}


def _page_of(request: ApprovalRequest) -> str:
    return url_for("ApprovalView.show", pk=request.id)


REQUEST_STAGE = Operation(
    name="request_stage",
    label=_("Ask for another stage"),
    icon="fa-signs-post",
    form=forms.StageForm,
    policy=policies.can_request_stage,
    service=services.request_stage,
    answer=Answer(_("Another stage was asked for: %(name)s")),
    page=OperationPage(
        submit_label=_("Ask"),
        hint=_("The stage changes once your superior approves."),
        warning=_stage_note,
        goes_to=_page_of,
    ),
    api=OperationApi(answer=approval_record, returns=ApprovalRecord, status=201),
)
REQUEST_CREDIT = Operation(
    name="request_credit",
    label=_("Ask for a credit limit"),
    icon="fa-scale-unbalanced",
    form=CreditForm,
    policy=policies.can_request_credit,
    service=services.request_credit,
    answer=Answer(_("A credit limit was asked for: %(name)s")),
    page=OperationPage(
        submit_label=_("Ask"),
        hint=_("The limit changes once your superior and Finance approve."),
        warning=lambda customer: _open_one(customer, CREDIT_CHANGE),
        initial=_credit,
        goes_to=_page_of,
    ),
    api=OperationApi(
        answer=approval_record,
        returns=ApprovalRecord,
        status=201,
        summary="Asks for the check of a customer's credit, and for one limit (CUST-17).",
    ),
)
ON_CUSTOMERS = (REQUEST_STAGE, REQUEST_CREDIT)

APPROVE = Operation(
    name="approve",
    label=_("Approve"),
    icon="fa-check",
    form=forms.CommentForm,
    policy=policies.can_decide,
    service=services.approve_request,
    answer=Answer(_("%(name)s was approved"), _("%(num)s requests were approved")),
    page=OperationPage(warning=difference_in_words, in_list=True, is_main=True),
    api=OperationApi(summary="Approves the present level; the last one applies the change (APP-4)."),
    batch=OperationBatch(),
)
REJECT = Operation(
    name="reject",
    label=_("Reject"),
    icon="fa-xmark",
    form=forms.RejectForm,
    policy=policies.can_decide,
    service=services.reject_request,
    answer=Answer(_("%(name)s was rejected")),
    page=OperationPage(warning=difference_in_words, in_list=True),
    api=OperationApi(summary="Rejects a request, with a comment (APP-5)."),
)
WITHDRAW = Operation(
    name="withdraw",
    label=_("Withdraw"),
    icon="fa-rotate-left",
    form=forms.CommentForm,
    policy=policies.can_withdraw,
    service=services.withdraw_request,
    answer=Answer(_("%(name)s was withdrawn")),
    page=OperationPage(hint=_("Nothing changes; you may ask again."), in_list=True),
    api=OperationApi(summary="Withdraws one's own open request (APP-5)."),
)
ON_REQUESTS = (APPROVE, REJECT, WITHDRAW)
