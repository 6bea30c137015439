"""Who may ask and who decides: pure rules, no queries (APP-5, CUST-17, CUST-19).

Each rule checks first whether the actor may (403), then whether the state allows it (409), as ACC-6 orders
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.approvals.choices import APPROVED, FAILED, REJECTED, WITHDRAWN
from app.customers.shared.policies import can_edit_all
from app.deals.credit.permissions import CreditPermission
from app.deals.credit.policies import can_set_credit
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.approvals.models import ApprovalRequest
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor

# From a stage → to which (CUST-19).
_WAYS: Mapping[str, frozenset[str]] = {
    "lead": frozenset({"ordinary", "lapsed"}),
    "ordinary": frozenset({"key", "lapsed"}),
    "key": frozenset({"ordinary", "lapsed"}),
    "lapsed": frozenset({"ordinary"}),
}


@dataclass(frozen=True)
class ApprovalFacts:
    """What the rules need about a request: who may decide at its present level, and who has decided."""

    approvers: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()


NO_FACTS = ApprovalFacts()
NO_APPROVER = conflict(
    "approval.no_approver", _("Nobody else could approve this; ask the administrator to name a superior")
)


def can_request_stage(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-19: those who may edit all of the customer ask for another stage (CUST-21)."""
    return can_edit_all(actor, customer, facts)


def can_request_credit(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-17: those who may edit all of the customer, and Finance; of enterprises only."""
    verdict = can_edit_all(actor, customer, facts)
    if not verdict and not actor.may(CreditPermission.SET_CREDIT):
        return verdict
    return can_set_credit(actor, customer)


def can_move_to_stage(before: Mapping[str, Any], proposed: Mapping[str, Any]) -> Decision:
    """CUST-19: lead → ordinary ↔ key, any → lapsed, lapsed → ordinary."""
    if before == proposed:
        return _no_change()
    if proposed["stage"] in _WAYS.get(before["stage"], ()):
        return ALLOW
    return conflict("approval.no_way", _("No change leads from the present stage to this one"), field="stage")


def can_change_credit(before: Mapping[str, Any], proposed: Mapping[str, Any]) -> Decision:
    """APP-3: a request changes something."""
    return _no_change() if before == proposed else ALLOW


def _no_change() -> Decision:
    return conflict("approval.no_change", _("This is so already"))


def can_decide(actor: Actor, request: ApprovalRequest, facts: ApprovalFacts) -> Decision:
    """APP-5: an approver of the present level decides, nobody on their own request, everybody once."""
    if request.requester_id == actor.id:
        return forbidden("approval.own_request", _("Nobody approves their own request"))
    if actor.id not in facts.approvers | facts.decided:
        return forbidden("approval.not_approver", _("Others decide on this request"))
    verdict = _is_open(request)
    if verdict and actor.id not in facts.approvers:
        return decided_before()
    return verdict


def can_withdraw(actor: Actor, request: ApprovalRequest, _facts: object = None) -> Decision:
    """APP-5: the requester withdraws an open request."""
    if request.requester_id != actor.id:
        return forbidden("approval.not_requester", _("Only who asked withdraws a request"))
    return _is_open(request)


def _is_open(request: ApprovalRequest) -> Decision:
    sentences = {
        APPROVED: _("This request was approved"),
        REJECTED: _("This request was rejected"),
        WITHDRAWN: _("This request was withdrawn"),
        FAILED: _("This request failed, because the customer was changed meanwhile"),
    }
    if request.state not in sentences:
        return ALLOW
    return conflict(f"approval.{request.state}", sentences[request.state])


def decided_before() -> Decision:
    """Refuse a second decision at one level (APP-5)."""
    return conflict("approval.decided", _("This level was decided already"))


def already_open() -> Decision:
    """Refuse a second open request of one kind about one customer (APP-8)."""
    return conflict("approval.already_open", _("A request of this kind is open for this customer"))


def has_changed() -> Decision:
    """Refuse to apply a request whose customer is no longer as it was (APP-4)."""
    sentence = _("The customer was changed since this was asked for: the request failed, nothing was applied")
    return conflict("approval.stale", sentence)


def can_be_decided(levels: Sequence[Collection[int]], *, by_two: bool) -> bool:
    """APP-1, APP-5: every level has somebody; with ``by_two`` a different person for each."""
    if not by_two:
        return all(levels)
    if not levels:
        return True
    rest = levels[1:]
    return any(can_be_decided([{*one} - {who} for one in rest], by_two=True) for who in levels[0])
