"""How instalments and receipts are shown (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.presentation import payment_tags
from app.deals.credit.currencies import money
from app.deals.payments.permissions import PaymentPermission
from app.deals.payments.policies import can_plan, can_take_back
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import join_html, record_address, tag

if TYPE_CHECKING:
    from app.deals.contracts.models import Contract
    from app.deals.contracts.policies import ContractFacts
    from app.deals.payments.models import Payment, Receipt
    from app.kernel.access.actor import Actor

_LINK = Markup('<a href="{}">{}</a>')


def status_tags(payment: Payment) -> list[Any]:
    """Show whether it is paid, or partly paid and overdue: both where both are true."""
    if payment.is_paid:
        return [tag(gettext("Paid in full"), "green")]
    return payment_tags(payment) or [tag(gettext("Not due yet"), "gray")]


def status_cell(payment: Payment) -> Markup:
    """Show the same as one cell."""
    return join_html(status_tags(payment))


def amount_text(payment: Payment) -> str:
    """Show the amount with its currency."""
    return money(payment.amount, payment.contract.currency)


def contract_link(payment: Payment, actor: Actor) -> Any:
    """Show the contract's number as a link, for who may read contracts."""
    contract = payment.contract
    if not actor.may(ContractPermission.READ):
        return contract.code
    return _LINK.format(record_address("ContractView.show", contract.id), contract.code)


def new_payment_button(contract: Contract, actor: Actor, facts: ContractFacts) -> list[Button]:
    """Return the button that plans one instalment; disabled with the reason."""
    if not actor.may(PaymentPermission.CREATE):
        return []
    verdict = can_plan(actor, contract, facts)
    url = url_for("PaymentView.add", contract_id=contract.id)
    return [Button(gettext("New instalment"), url, "fa-plus", "drawer", reason=verdict.reason)]


def take_back_button(
    payment: Payment, receipt: Receipt, corrected: set[int], actor: Actor, facts: ContractFacts
) -> list[Button]:
    """Return the button that takes a receipt back; none for a counter-entry and what was taken back."""
    gone = receipt.corrects_id is not None or receipt.id in corrected
    if gone or not actor.may(PaymentPermission.TAKE_BACK):
        return []
    verdict = can_take_back(actor, payment, facts)
    url = url_for("PaymentView.take_back", pk=payment.id, receipt_id=receipt.id)
    return [Button(gettext("Take back"), url, "fa-rotate-left", "drawer", danger=True, reason=verdict.reason)]
