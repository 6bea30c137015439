"""REST API records of contracts (``spec/api.md``, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.deals.contracts import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.deals.contracts.models import Contract


class ContractRecord(TypedDict):
    """A contract; amounts are in its currency, ``share_paid`` is per cent."""

    id: int
    code: str
    customer: Named
    title: str
    amount: float
    currency: str
    status: Annotated[str, choices.CONTRACT_STATE]
    owner: Named | None
    starts_on: Day | None
    ends_on: Day | None
    in_force: bool
    planned: float
    received: float
    share_paid: float
    partly_paid: bool
    overdue: bool
    next_due_on: Day | None
    quote_id: int | None
    company_path_id: int | None
    reason: str
    version: int
    signed_at: Moment | None
    ended_at: Moment | None
    voided_at: Moment | None
    created_at: Moment


def day(value: date | None) -> str | None:
    """Return a day as the API writes it."""
    return value.isoformat() if value else None


def contract_record(row: Contract) -> ContractRecord:
    """Return the API record of a contract."""
    return {
        "id": row.id,
        "code": row.code,
        "customer": {"id": row.customer_id, "name": name_of_customer(row)},
        "title": row.title,
        "amount": float(row.amount),
        "currency": row.currency,
        "status": row.state,
        "owner": named(row.owner),
        "starts_on": day(row.starts_on),
        "ends_on": day(row.ends_on),
        "in_force": row.is_in_force,
        "planned": float(row.planned),
        "received": float(row.received),
        "share_paid": float(row.share_paid),
        "partly_paid": row.is_partly_paid,
        "overdue": row.is_overdue,
        "next_due_on": day(row.next_due_on),
        "quote_id": row.quote_id,
        "company_path_id": row.company_path_id,
        "reason": row.reason,
        "version": row.version,
        "signed_at": iso(row.signed_at),
        "ended_at": iso(row.ended_at),
        "voided_at": iso(row.voided_at),
        "created_at": iso(row.created_at) or "",
    }


def name_of_customer(row: Contract) -> str:
    """Return the customer's name; of an erased file, as it then was (CUST-22)."""
    return row.customer_name or row.customer.name


def contract_records(rows: Iterable[Contract]) -> list[ContractRecord]:
    """Return the API records of contracts."""
    return [contract_record(row) for row in rows]
