"""Who may do what with contracts: pure rules (CUST-16, CUST-18).

Each rule checks first whether the actor may (403), then whether the state allows it (409), as ACC-6 orders
it.  What the credit allows is asked when the contract is signed, under the customer's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_act, can_edit_all, takes_business
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.deals.contracts.models import Contract
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class ContractFacts:
    """``answers``: the actor answers for the contract's customer, or writes in its team."""

    answers: bool = False


NO_FACTS = ContractFacts()


def facts_from(actor: Actor, customer: Customer, facts: Facts) -> ContractFacts:
    """Return the facts about a contract from those about its customer."""
    return ContractFacts(bool(can_edit_all(actor, customer, facts)))


def can_create_contract(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-16: staff who can act on the customer, unless it is disabled (CUST-2)."""
    if actor.staff_id is None:
        return forbidden("contract.no_staff", _("Only staff own business records"))
    verdict = can_act(actor, customer, facts)
    return takes_business(customer) if verdict else verdict


def may_work_on(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """The owner, whoever has scope over the owner, and those who answer for the customer."""
    if facts.answers or actor.has_scope_over(contract.owner):
        return ALLOW
    return forbidden(
        "contract.not_responsible",
        _("Only the owner, the customer's team or a superior may change this contract"),
    )


def can_edit_contract(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """While it is a draft or signed; what raises the exposure is checked when it is saved (CUST-18)."""
    return may_work_on(actor, contract, facts) and _in(contract, "draft", "signed")


def can_sign_contract(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """``draft → signed``, with a customer that takes business."""
    verdict = may_work_on(actor, contract, facts) and _in(contract, "draft")
    return takes_business(contract.customer) if verdict else verdict


def can_end_contract(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """``signed → ended``."""
    return may_work_on(actor, contract, facts) and _in(contract, "signed")


def can_reopen_contract(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """``ended → signed``, within the credit."""
    verdict = may_work_on(actor, contract, facts) and _in(contract, "ended")
    return takes_business(contract.customer) if verdict else verdict


def can_void_contract(actor: Actor, contract: Contract, facts: ContractFacts) -> Decision:
    """``draft, signed → voided``, while no money came in."""
    verdict = may_work_on(actor, contract, facts) and _in(contract, "draft", "signed")
    if verdict and contract.received:
        return conflict(
            "contract.has_receipts", _("Money came in under this contract; take the receipts back first")
        )
    return verdict


def _in(contract: Contract, *states: str) -> Decision:
    if contract.state in states:
        return ALLOW
    sentences = {
        "draft": _("This contract is not signed yet"),
        "signed": _("This contract is signed already"),
        "ended": _("This contract has ended"),
        "voided": _("This contract was voided"),
    }
    return conflict(f"contract.{contract.state}", sentences[contract.state])
