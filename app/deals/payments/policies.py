"""Who may do what with instalments and receipts: pure rules (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.contracts.policies import ContractFacts, may_work_on
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.deals.contracts.models import Contract
    from app.deals.payments.models import Payment
    from app.kernel.access.actor import Actor

_OPEN = frozenset({"draft", "signed"})
_OWED = frozenset({"signed", "ended"})


def can_plan(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """Instalments are planned while the contract is a draft or signed, up to its amount."""
    verdict = may_work_on(actor, contract, facts)
    if not verdict:
        return verdict
    if contract.state not in _OPEN:
        return conflict("payment.contract_closed", _("This contract is closed and takes no instalments"))
    if contract.planned >= contract.amount:
        return conflict("payment.planned", _("All of this contract is in instalments already"))
    return ALLOW


def can_edit_payment(actor: Actor, payment: Payment, facts: ContractFacts) -> Decision:
    """While it is not paid in full, and its contract was not voided."""
    verdict = _may_work(actor, payment, facts)
    if verdict and payment.contract.state == "voided":
        return conflict("payment.contract_voided", _("The contract of this instalment was voided"))
    if verdict and payment.is_paid:
        return conflict("payment.paid", _("This instalment is paid in full"))
    return verdict


def can_receive(actor: Actor, payment: Payment, facts: ContractFacts) -> Decision:
    """Receipts are recorded of signed contracts, up to the instalment."""
    verdict = _may_work(actor, payment, facts)
    if not verdict:
        return verdict
    if payment.contract.state not in _OWED:
        return conflict(
            "payment.not_signed",
            _("Receipts are recorded once the contract is signed, and not of a voided one"),
        )
    if payment.is_paid:
        return conflict("payment.paid", _("This instalment is paid in full"))
    return ALLOW


def can_take_back(actor: Actor, payment: Payment, facts: ContractFacts) -> Decision:
    """A receipt is taken back by a counter-entry; that the credit allows it is checked when it is saved."""
    verdict = _may_work(actor, payment, facts)
    if verdict and not payment.received:
        return conflict("payment.nothing_received", _("Nothing came in for this instalment"))
    return verdict


def _may_work(actor: Actor, payment: Payment, facts: ContractFacts) -> Decision:
    if facts.answers or actor.has_scope_over(payment.owner):
        return ALLOW
    return forbidden(
        "payment.not_responsible",
        _("Only the owner, the customer's team, a superior or Finance may do this"),
    )
