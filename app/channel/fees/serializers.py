"""REST API records of viewing fees (CH-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask_babel import gettext

from app.channel.fees.models import ViewingFee
from app.channel.referrals.serializers import phone_parts
from app.channel.shared.serializers import BusinessContact, PhonePart, colleague
from app.kernel.api.base import iso, named
from app.kernel.api.files import FileRecord, file_record
from app.kernel.api.schemas import Moment, Named
from app.kernel.files.attachments import files_by_subject

if TYPE_CHECKING:
    from collections.abc import Iterable


class FeeRecord(TypedDict):
    """A viewing fee, in yuan (CH-25)."""

    id: int
    amount: float
    referral_id: int
    code: str
    name: str
    phones: list[PhonePart]
    broker: BusinessContact
    company: Named | None
    screenshot: FileRecord | None
    created_at: Moment
    voided_at: Moment | None
    void_reason: str


def fee_records(rows: Iterable[ViewingFee]) -> list[FeeRecord]:
    """Return the API records of a list of fees, with their screenshots in one statement."""
    fees = list(rows)
    files = files_by_subject(ViewingFee.__files__, [fee.id for fee in fees])
    return [_fee_record(fee, [file_record(one) for one in files.get(fee.id, [])]) for fee in fees]


def _fee_record(row: ViewingFee, files: list[FileRecord]) -> FeeRecord:
    return {
        "id": row.id,
        "amount": float(row.amount),
        "referral_id": row.referral_id,
        "code": row.referral.code,
        "name": row.referral.name,
        "phones": phone_parts(row.referral),
        "broker": colleague(row.broker),
        "company": named(row.broker_company),
        "screenshot": files[0] if files else None,
        "created_at": iso(row.created_at) or "",
        "voided_at": iso(row.voided_at),
        "void_reason": row.void_reason,
    }


def describe_fee(row: ViewingFee) -> tuple[str, str]:
    """Describe a fee for the timeline: the payer, the amount and the broker."""
    paid = gettext("%(amount)s to %(broker)s", amount=f"{row.amount:,.2f}", broker=row.broker.name)
    return (
        row.created_by.display_name,
        f"{paid} · {gettext('Voided')}: {row.void_reason}" if row.is_void else paid,
    )
