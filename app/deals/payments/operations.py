"""Operations on instalments, and the one that splits a contract (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import lazy_gettext as _

from app.deals.credit.currencies import money
from app.deals.payments import forms, policies, services
from app.deals.payments.permissions import PlanPermission
from app.deals.payments.serializers import ReceiptRecord, receipt_records
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.deals.contracts.models import Contract
    from app.deals.payments.models import Payment
    from app.kernel.errors import Sentence


def _left(contract: Contract) -> Sentence:
    return _(
        "%(left)s of %(amount)s is not in instalments yet.",
        left=money(contract.amount - contract.planned, contract.currency),
        amount=money(contract.amount, contract.currency),
    )


def _unpaid(payment: Payment) -> Sentence:
    return _(
        "%(unpaid)s of %(amount)s is unpaid.",
        unpaid=money(payment.unpaid, payment.contract.currency),
        amount=money(payment.amount, payment.contract.currency),
    )


def _asked_receipt(_payment: Payment) -> dict[str, Any]:
    return {"receipt_id": request.args.get("receipt_id", type=int)}


PLAN = Operation(
    name="plan",
    label=_("Split into instalments"),
    icon="fa-list-ol",
    form=forms.PlanForm,
    policy=policies.can_plan,
    service=services.plan_payments,
    answer=Answer(_("%(name)s: split into instalments")),
    page=OperationPage(
        warning=_left,
        form_for=lambda contract: forms.PlanForm if contract.signed_at else forms.DraftPlanForm,
        goes_to=lambda contract: url_for("ContractView.show", pk=contract.id),
    ),
    api=OperationApi(summary="Splits what a contract has left into equal instalments (CUST-16)."),
    permission=PlanPermission.PLAN,
)
RECEIVE = Operation(
    name="receive",
    label=_("Record a receipt"),
    icon="fa-money-bill-wave",
    form=forms.ReceiptForm,
    policy=policies.can_receive,
    service=services.record_receipt,
    answer=Answer(_("A receipt for %(name)s was recorded")),
    page=OperationPage(
        submit_label=_("Save"),
        warning=_unpaid,
        initial=lambda payment: {"amount": payment.unpaid},
        in_list=True,
        is_main=True,
    ),
    api=OperationApi(
        path="receipts",
        summary="Records money that came in for an instalment (CUST-16).",
        answer=lambda made: receipt_records([made])[0],
        returns=ReceiptRecord,
        status=CREATED,
    ),
)
TAKE_BACK = Operation(
    name="take_back",
    label=_("Take a receipt back"),
    icon="fa-rotate-left",
    form=forms.TakeBackForm,
    policy=policies.can_take_back,
    service=services.take_back_receipt,
    answer=Answer(_("A receipt of %(name)s was taken back")),
    page=OperationPage(
        hint=_("A counter-entry takes it back; both stay visible."),
        initial=_asked_receipt,
        in_head=False,
        is_danger=True,
    ),
    api=OperationApi(
        summary="Takes a wrong receipt back by a counter-entry (CUST-16, CUST-18).",
        answer=lambda made: receipt_records([made])[0],
        returns=ReceiptRecord,
    ),
)
ON_PAYMENTS = (RECEIVE, TAKE_BACK)
