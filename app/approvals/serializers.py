"""REST API records of requests (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.approvals import choices
from app.approvals.kinds import difference_of
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.approvals.models import ApprovalRequest, ApprovalStep
    from app.org.shared.models import Account


class ChangeRecord(TypedDict):
    """One field of the difference, as people read it."""

    field: str
    label: str
    before: str
    after: str


class StepRecord(TypedDict):
    """A person who may decide at a level, and the decision where it is theirs."""

    level: int
    approver: Named
    decision: Annotated[str, choices.DECISION] | None
    comment: str
    decided_at: Moment | None


class ApprovalRecord(TypedDict):
    """A request (APP-3); ``level`` of ``levels`` is the present one."""

    id: int
    kind: Annotated[str, choices.KIND]
    state: Annotated[str, choices.STATE]
    target_id: int
    customer: Named
    requester: Named
    reason: str
    level: int
    levels: int
    difference: list[ChangeRecord]
    steps: list[StepRecord]
    created_at: Moment
    closed_at: Moment | None


def _person(account: Account) -> Named:
    return {"id": account.id, "name": account.display_name}


def _step(step: ApprovalStep) -> StepRecord:
    return {
        "level": step.level,
        "approver": _person(step.approver),
        "decision": step.decision,
        "comment": step.comment,
        "decided_at": iso(step.decided_at),
    }


def approval_record(row: ApprovalRequest) -> ApprovalRecord:
    """Return the API record of a request."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "target_id": row.customer_id,
        "customer": {"id": row.customer_id, "name": row.customer.name},
        "requester": _person(row.requester),
        "reason": row.reason,
        "level": row.level,
        "levels": len(row.levels),
        "difference": [
            {"field": one.field, "label": str(one.label), "before": one.before, "after": one.after}
            for one in difference_of(row)
        ],
        "steps": [_step(step) for step in row.steps],
        "created_at": iso(row.created_at) or "",
        "closed_at": iso(row.closed_at),
    }


def approval_records(rows: Iterable[ApprovalRequest]) -> list[ApprovalRecord]:
    """Return the API records of requests."""
    return [approval_record(row) for row in rows]
