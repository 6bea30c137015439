"""Operations on contracts, one declaration each (CUST-16, CUST-18)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.contracts import forms, policies, services
from app.deals.contracts.presentation import before_signing
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage

SIGN = Operation(
    name="sign",
    label=_("Sign contract"),
    icon="fa-signature",
    form=ConfirmForm,
    policy=policies.can_sign_contract,
    service=services.sign_contract,
    answer=Answer(_("%(name)s: signed")),
    page=OperationPage(
        submit_label=_("Sign contract"),
        hint=_("Has this contract been signed? The customer is then won."),
        warning=before_signing,
        in_list=True,
        is_main=True,
    ),
    api=OperationApi(summary="Signs a contract within the customer's credit (CUST-18)."),
)
END = Operation(
    name="end",
    label=_("End contract"),
    icon="fa-flag-checkered",
    form=forms.CloseForm,
    policy=policies.can_end_contract,
    service=services.end_contract,
    answer=Answer(_("%(name)s: ended")),
    page=OperationPage(hint=_("An ended contract is in force no more and takes no credit.")),
    api=OperationApi(summary="Ends a signed contract (CUST-16)."),
)
REOPEN = Operation(
    name="reopen",
    label=_("Reopen contract"),
    icon="fa-rotate-left",
    form=ConfirmForm,
    policy=policies.can_reopen_contract,
    service=services.reopen_contract,
    answer=Answer(_("%(name)s: reopened")),
    page=OperationPage(hint=_("Is this contract in force again?"), warning=before_signing),
    api=OperationApi(summary="Reopens an ended contract within the customer's credit (CUST-18)."),
)
VOID = Operation(
    name="void",
    label=_("Void contract"),
    icon="fa-ban",
    form=forms.CloseForm,
    policy=policies.can_void_contract,
    service=services.void_contract,
    answer=Answer(_("%(name)s: contract voided")),
    page=OperationPage(ask=_("Void this contract? It counts as never made, for good."), is_danger=True),
    api=OperationApi(summary="Voids a contract under which no money came in (CUST-16)."),
)
ON_CONTRACTS = (SIGN, END, REOPEN, VOID)
