"""REST API records of bank accounts (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.accounts.models import BankAccount


class BankAccountRecord(TypedDict):
    """A bank account (CUST-12); its number is masked."""

    id: int
    customer: Named | None
    bank: str
    bank_address: str | None
    bank_contact: str | None
    bank_code: str | None
    account_number: str
    payee: str | None
    is_default: bool
    created_by: Named
    created_at: Moment | None


class RevealedAccount(TypedDict):
    """The full account number, after the look at it was recorded (ACC-10)."""

    account_number: str


def account_records(rows: Iterable[BankAccount]) -> list[BankAccountRecord]:
    """Return the API records of bank accounts."""
    return [account_record(row) for row in rows]


def account_record(row: BankAccount) -> BankAccountRecord:
    """Return the API record of a bank account."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "bank": row.bank,
        "bank_address": row.bank_address,
        "bank_contact": row.bank_contact,
        "bank_code": row.bank_code,
        "account_number": str(row.number),
        "payee": row.payee,
        "is_default": row.is_default,
        "created_by": {"id": row.created_by_id, "name": row.created_by.display_name},
        "created_at": iso(row.created_at),
    }
