"""REST API records of brokers (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.channel.brokers import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.brokers.models import Broker, BrokerChange


class BrokerRecord(TypedDict):
    """A broker or company on-site (CH-5)."""

    id: int
    code: str
    name: str
    phone: str
    kind: Annotated[str, choices.BROKER_KIND]
    company: Named | None
    review_state: Annotated[str, choices.REVIEW_STATE]
    review_reason: str
    created_at: Moment


class BrokerChangeRecord(TypedDict):
    """One change of a broker's profile (CH-5)."""

    id: int
    phone_before: str
    phone_after: str
    company_before: Named | None
    company_after: Named | None
    by: Named
    created_at: Moment


def broker_record(row: Broker) -> BrokerRecord:
    """Return the API record of a broker."""
    return {
        "id": row.id,
        "code": row.number,
        "name": row.name,
        "phone": row.phone,
        "kind": row.kind,
        "company": named(row.broker_company),
        "review_state": row.review_state,
        "review_reason": row.review_reason,
        "created_at": iso(row.created_at) or "",
    }


def broker_change_record(row: BrokerChange) -> BrokerChangeRecord:
    """Return the API record of a profile change."""
    return {
        "id": row.id,
        "phone_before": row.phone_before,
        "phone_after": row.phone_after,
        "company_before": named(row.company_before),
        "company_after": named(row.company_after),
        "by": {"id": row.by_id, "name": row.by_name},
        "created_at": iso(row.created_at) or "",
    }


def broker_records(rows: Iterable[Broker]) -> list[BrokerRecord]:
    """Return the API records of a list of brokers."""
    return [broker_record(row) for row in rows]


def broker_change_records(rows: Iterable[BrokerChange]) -> list[BrokerChangeRecord]:
    """Return the API records of a list of profile changes."""
    return [broker_change_record(row) for row in rows]
