"""The operation that sets a customer's credit (CUST-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.shared.operations import tab_url
from app.deals.credit import forms, policies, services
from app.deals.credit.currencies import DEFAULT
from app.deals.credit.presentation import credit_in_words
from app.deals.credit.queries import credit_of
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


def _initial(customer: Customer) -> dict[str, Any]:
    limit = credit_of(customer).line(DEFAULT).limit
    return {"credit_enabled": customer.credit_enabled, "currency": DEFAULT, "amount": limit}


def _present(customer: Customer) -> str:
    return credit_in_words(credit_of(customer)) or gettext("No limit was set yet")


SET_CREDIT = Operation(
    name="set_credit",
    label=_("Set credit"),
    icon="fa-scale-balanced",
    form=forms.CreditForm,
    policy=policies.can_set_credit,
    service=services.set_credit,
    answer=Answer(_("The credit of %(name)s was set")),
    page=OperationPage(
        submit_label=_("Save"),
        initial=_initial,
        warning=_present,
        goes_to=lambda customer: tab_url(customer.id, "credit"),
        in_head=False,
    ),
    api=OperationApi(summary="Switches the check of a customer's credit, and sets one limit (CUST-17)."),
)
