"""REST API records of instalments and receipts (``spec/api.md``, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.deals.payments import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.deals.payments.models import Payment, Receipt


class PaymentRecord(TypedDict):
    """An instalment; amounts are in the contract's currency, ``share_paid`` is per cent."""

    id: int
    contract: Named
    customer: Named
    owner: Named | None
    due_on: Day
    amount: float
    currency: str
    received: float
    unpaid: float
    share_paid: float
    status: Annotated[str, choices.PAYMENT_STATUS]
    partly_paid: bool
    overdue: bool
    created_at: Moment


class ReceiptRecord(TypedDict):
    """Money that came in; a negative amount takes the receipt ``corrects_id`` back."""

    id: int
    amount: float
    received_on: Day
    method: Annotated[str, choices.RECEIPT_METHOD]
    note: str
    corrects_id: int | None
    by: Named | None
    created_at: Moment


def payment_record(row: Payment) -> PaymentRecord:
    """Return the API record of an instalment."""
    contract = row.contract
    return {
        "id": row.id,
        "contract": {"id": contract.id, "name": contract.name},
        "customer": {"id": row.customer_id, "name": name_of_customer(row)},
        "owner": named(row.owner),
        "due_on": row.due_on.isoformat(),
        "amount": float(row.amount),
        "currency": contract.currency,
        "received": float(row.received),
        "unpaid": float(row.unpaid),
        "share_paid": float(row.share_paid),
        "status": row.status,
        "partly_paid": row.is_partly_paid,
        "overdue": row.is_overdue,
        "created_at": iso(row.created_at) or "",
    }


def name_of_customer(row: Payment) -> str:
    """Return the customer's name; of an erased file, as it then was (CUST-22)."""
    return row.contract.customer_name or row.customer.name


def payment_records(rows: Iterable[Payment]) -> list[PaymentRecord]:
    """Return the API records of instalments."""
    return [payment_record(row) for row in rows]


def receipt_records(rows: Iterable[Receipt]) -> list[ReceiptRecord]:
    """Return the API records of receipts."""
    return [
        {
            "id": row.id,
            "amount": float(row.amount),
            "received_on": row.received_on.isoformat(),
            "method": row.method,
            "note": row.note,
            "corrects_id": row.corrects_id,
            "by": {"id": row.created_by.id, "name": row.created_by.display_name},
            "created_at": iso(row.created_at) or "",
        }
        for row in rows
    ]
