"""File, approve, reject and withdraw requests (APP-3 … APP-5, APP-8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.approvals import policies
from app.approvals.choices import APPROVED, CREDIT_CHANGE, FAILED, KIND, REJECTED, STAGE_CHANGE, WITHDRAWN
from app.approvals.kinds import kind_of
from app.approvals.models import ApprovalRequest, ApprovalStep
from app.approvals.queries import approvers_of, facts_for, get_request, open_requests
from app.audit import services as audit
from app.customers.shared.queries import facts_for as facts_about
from app.customers.shared.queries import get_customer, lock_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import keep_if_refused, transactional
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.shared.queries import get_staff

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from decimal import Decimal

    from app.approvals.kinds import Kind
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

FILED = N_("Asked for: %(kind)s")
WAITS = N_("%(who)s asks for your approval of a request about %(name)s")


@transactional
def file_request(
    *, kind: str, target_id: int, values: Mapping[str, Any], reason: str | None = None, actor: Actor
) -> ApprovalRequest:
    """Ask for a change of a customer, and tell the approvers of the first level (APP-3).

    :raises NotFound: when the customer is out of reach.
    :raises Invalid: for values that the kind does not take.
    :raises Denied: 403 for who may not ask; ``approval.already_open``, ``approval.no_change``,
        ``approval.no_approver``, and what the kind forbids.
    """
    found = kind_of(kind)
    customer = get_customer(target_id, actor=actor, lock=True)
    proposed = found.read(values)
    found.policy(actor, customer, facts_about(customer, actor)).enforce()
    if any(one.kind == kind for one in open_requests([customer.id])):
        policies.already_open().enforce()
    before = found.present(customer, proposed)
    found.check(before, proposed).enforce()
    _find_approvers(found, customer, actor)
    made = ApprovalRequest(
        company_id=customer.company_id,
        customer=customer,
        customer_id=customer.id,
        kind=kind,
        levels=[*found.levels],
        before=before,
        proposed=proposed,
        reason=reason or "",
        requester_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "approval.file", made, FILED, kind=Coded(KIND, kind))
    _begin_level(made, actor)
    return made


@transactional
def request_stage(pk: int, *, stage: str, reason: str | None = None, actor: Actor) -> ApprovalRequest:
    """Ask for another stage of a customer (CUST-19); as :func:`file_request`."""
    return file_request(kind=STAGE_CHANGE, target_id=pk, values={"stage": stage}, reason=reason, actor=actor)


@transactional
def request_credit(
    pk: int,
    *,
    credit_enabled: bool,
    currency: str | None = None,
    amount: Decimal | None = None,
    reason: str | None = None,
    actor: Actor,
) -> ApprovalRequest:
    """Ask for the check of a customer's credit, and its limit in one currency; without an amount there is no
    limit, which counts as zero (CUST-17); as :func:`file_request`.
    """
    limits = [(currency, amount)] if currency else []
    values = {"credit_enabled": credit_enabled, "limits": limits}
    return file_request(kind=CREDIT_CHANGE, target_id=pk, values=values, reason=reason, actor=actor)


def _find_approvers(kind: Kind, customer: Customer, actor: Actor) -> None:
    """Refuse a request that some level could not decide (APP-1, APP-5)."""
    requester = get_staff(actor.id)
    levels = [approvers_of(one, requester, customer.company_id, but={actor.id}) for one in kind.levels]
    if not policies.can_be_decided(levels, by_two=kind.by_two):
        policies.NO_APPROVER.enforce()


def _begin_level(request: ApprovalRequest, actor: Actor) -> None:
    """Ask the approvers of the present level; superiors are those of this moment (APP-5)."""
    excluded = {request.requester_id}
    if kind_of(request.kind).by_two:
        excluded |= facts_for(request).decided
    level = request.levels[request.level - 1]
    asked = approvers_of(level, get_staff(request.requester_id), request.company_id, but=excluded)
    if not asked:
        policies.NO_APPROVER.enforce()
    moment = clock.now()
    for pk in sorted(asked):
        step = ApprovalStep(request_id=request.id, level=request.level, approver_id=pk, created_at=moment)
        request.steps.append(step)
    _tell(request, asked, WAITS, actor)


def _tell(
    request: ApprovalRequest, people: Iterable[int], message: str, actor: Actor, body: str = ""
) -> None:
    """Notify people of a request, except who did it themselves."""
    for pk in sorted({*people} - {actor.id}):
        notices.notify(
            pk,
            message,
            about=request,
            body=body or request.reason,
            who=actor.name,
            name=request.customer.name,
        )


def _to_decide(pk: int, actor: Actor) -> ApprovalRequest:
    """Return a request on which the actor decides: its customer is locked first, as by all operations."""
    lock_customer(get_request(pk, actor=actor).customer_id)
    request = get_request(pk, actor=actor, lock=True)
    policies.can_decide(actor, request, facts_for(request)).enforce()
    return request


def _decide(request: ApprovalRequest, decision: str, comment: str, actor: Actor) -> None:
    step = next(one for one in request.steps if (one.level, one.approver_id) == (request.level, actor.id))
    step.decide(decision, comment, clock.now())
    db.session.flush()  # the index decides between two who decide at once


@transactional
def approve_request(pk: int, *, comment: str | None = None, actor: Actor) -> ApprovalRequest:
    """Approve the present level; the last one applies the change in the same transaction (APP-4).

    :raises Denied: 403 for who may not decide; 409 once it is decided; ``approval.stale`` when the customer
        was changed meanwhile: the request is then ``failed``.
    """
    request = _to_decide(pk, actor)
    kind = kind_of(request.kind)
    if kind.present(request.customer, request.proposed) != request.before:
        keep_if_refused(partial(_fail, pk, actor))
        policies.has_changed().enforce()
    _decide(request, APPROVED, comment or "", actor)
    if not request.is_at_last_level:
        _note(request, "approve", N_("Level %(level)s approved"), actor, level=request.level)
        request.go_on()
        _begin_level(request, actor)
        return request
    kind.apply(request.customer, request, actor)
    _close(request, APPROVED, "approve", N_("Approved and applied"), actor)
    message = N_("%(who)s approved your request about %(name)s")
    _tell(request, [request.requester_id], message, actor, comment or "")
    return request


@transactional
def reject_request(pk: int, *, comment: str, actor: Actor) -> ApprovalRequest:
    """Reject the request, with a comment (APP-5).

    :raises Denied: 403 for who may not decide; 409 once it is decided.
    """
    request = _to_decide(pk, actor)
    _decide(request, REJECTED, comment, actor)
    _close(request, REJECTED, "reject", N_("Request rejected"), actor)
    message = N_("%(who)s rejected your request about %(name)s")
    told = {request.requester_id, *facts_for(request).decided}
    _tell(request, told, message, actor, comment)
    return request


@transactional
def withdraw_request(pk: int, *, comment: str | None = None, actor: Actor) -> ApprovalRequest:
    """Withdraw one's own open request (APP-5).

    :raises Denied: 403 for everybody else; 409 once it is decided.
    """
    lock_customer(get_request(pk, actor=actor).customer_id)
    request = get_request(pk, actor=actor, lock=True)
    policies.can_withdraw(actor, request).enforce()
    asked = facts_for(request).approvers
    _close(request, WITHDRAWN, "withdraw", N_("Request withdrawn"), actor)
    _tell(request, asked, N_("%(who)s withdrew the request about %(name)s"), actor, comment or "")
    return request


@transactional
def _fail(pk: int, actor: Actor) -> None:
    """Mark a request as failed, after the approval that could not be applied was rolled back (APP-4)."""
    request = get_request(pk, actor=actor, lock=True)
    if request.is_open:
        fail_request(request, actor)


def fail_request(request: ApprovalRequest, actor: Actor) -> None:
    """End a request that can no longer apply, which frees its place; in the caller's transaction (APP-5)."""
    asked = facts_for(request).approvers
    _close(request, FAILED, "fail", N_("Failed: the customer was changed meanwhile"), actor)
    people: Collection[int] = {request.requester_id, *asked}
    _tell(request, people, N_("The request about %(name)s failed: the customer was changed meanwhile"), actor)


def _close(request: ApprovalRequest, state: str, operation: str, message: str, actor: Actor) -> None:
    before = request.state
    request.close(state, clock.now())
    _note(request, operation, message, actor, {"state": (before, state)})


def _note(
    request: ApprovalRequest,
    operation: str,
    message: str,
    actor: Actor,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> None:
    audit.record(actor, f"approval.{operation}", request, message, changes, **parameters)
