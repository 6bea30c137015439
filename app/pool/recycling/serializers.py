"""REST API records of recycling (POOL-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.shared import choices
from app.customers.shared.queries import openable_names
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor
    from app.pool.recycling.models import RecyclingRule
    from app.pool.recycling.queries import Rehearsal


class RecyclingRuleRecord(TypedDict):
    """After how many days which customers are recycled (POOL-19)."""

    id: int
    department: Named | None
    deal_status: Annotated[str, choices.DEAL_STATUS] | None
    level: Annotated[str, choices.LEVEL] | None
    days: int
    to_department: Named | None
    created_at: Moment


class PassedOver(TypedDict):
    """A customer that is due and stays with its owner, and why."""

    customer: Named
    reason: str


class RehearsalRecord(TypedDict):
    """What the job would do now: how many customers go, the first hundred of them, and who stays."""

    total: int
    items: list[Named]
    passed_over: list[PassedOver]


def rule_record(rule: RecyclingRule) -> RecyclingRuleRecord:
    """Return the API record of a rule."""
    return {
        "id": rule.id,
        "department": named(rule.department),
        "deal_status": rule.deal_status,
        "level": rule.level,
        "days": rule.days,
        "to_department": named(rule.to_department),
        "created_at": iso(rule.created_at) or "",
    }


def rule_records(rules: Iterable[RecyclingRule]) -> list[RecyclingRuleRecord]:
    """Return the API records of rules."""
    return [rule_record(rule) for rule in rules]


def rehearsal_record(found: Rehearsal, actor: Actor) -> RehearsalRecord:
    """Return the API record of a rehearsal; customers that the actor cannot open have no name."""
    names = openable_names([*found.ids, *found.passed_over], actor)
    return {
        "total": found.total,
        "items": [{"id": pk, "name": names.get(pk, "")} for pk in found.ids],
        "passed_over": [
            {"customer": {"id": pk, "name": names.get(pk, "")}, "reason": str(reason)}
            for pk, reason in found.passed_over.items()
        ],
    }
