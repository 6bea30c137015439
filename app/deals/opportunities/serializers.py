"""REST API records of opportunities (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from app.deals.opportunities import choices
from app.deals.opportunities.settings import probability_of
from app.deals.shared.currencies import CURRENCY
from app.deals.shared.serializers import RecordBase, record_base
from app.kernel.api.base import iso
from app.kernel.api.schemas import Day, Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.deals.opportunities.models import Opportunity


class OpportunityRecord(RecordBase):
    """What a customer may buy (CUST-16); ``probability`` of its stage, in per cent."""

    status: Annotated[str, choices.STATUS]
    stage: Annotated[str, choices.STAGE]
    probability: int
    amount: float
    currency: Annotated[str, CURRENCY]
    expected_on: Day | None
    remark: str | None
    lost_reason: Annotated[str, choices.LOST_REASON] | None
    lost_remark: str | None
    closed_at: Moment | None


def opportunity_record(row: Opportunity) -> OpportunityRecord:
    """Return the API record of an opportunity."""
    return {
        **record_base(row),
        "status": row.status,
        "stage": row.stage,
        "probability": probability_of(row.stage),
        "amount": float(row.amount),
        "currency": row.currency,
        "expected_on": row.expected_on.isoformat() if row.expected_on else None,
        "remark": row.remark,
        "lost_reason": row.lost_reason,
        "lost_remark": row.lost_remark,
        "closed_at": iso(row.closed_at),
    }


def opportunity_records(rows: Iterable[Opportunity]) -> list[OpportunityRecord]:
    """Return the API records of opportunities."""
    return [opportunity_record(row) for row in rows]
