"""REST API records of credit (CUST-17, CUST-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from app.deals.credit.models import CreditLimitChange
    from app.deals.credit.policies import Credit


class ExposureLine(TypedDict):
    """The credit in one currency; ``limit`` and ``remaining`` are null where it is not checked."""

    currency: str
    limit: float | None
    exposure: float
    remaining: float | None
    overdue: float


class Exposure(TypedDict):
    """The credit of a customer (CUST-18)."""

    credit_enabled: bool
    sinosure_insured: bool
    items: list[ExposureLine]


class CreditChangeRecord(TypedDict):
    """One change of a limit (CUST-17)."""

    id: int
    currency: str | None
    before: float | None
    after: float | None
    credit_enabled: bool
    reason: str
    by: Named | None
    created_at: Moment


def exposure_lines(credit: Credit) -> list[ExposureLine]:
    """Return the lines of a customer's credit, by currency."""
    return [
        {
            "currency": currency,
            "limit": float(line.limit or 0) if credit.enabled else _number(line.limit),
            "exposure": float(line.exposure),
            "remaining": float(line.remaining) if credit.enabled else None,
            "overdue": float(line.overdue),
        }
        for currency, line in credit.lines.items()
    ]


def change_records(rows: Iterable[CreditLimitChange]) -> list[CreditChangeRecord]:
    """Return the API records of changes."""
    return [
        {
            "id": row.id,
            "currency": row.currency or None,
            "before": _number(row.before),
            "after": _number(row.after),
            "credit_enabled": row.enabled,
            "reason": row.reason,
            "by": {"id": row.created_by.id, "name": row.created_by.display_name},
            "created_at": iso(row.created_at) or "",
        }
        for row in rows
    ]


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
