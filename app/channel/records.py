"""What the REST API shows of referrals and what happens on site (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import request

from app.channel import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.models import Broker, OnsiteScan, Referral, Tour, TourFollowUp
    from app.channel.scanning import ScanPreview
    from app.org.shared.models import Staff


class PhonePart(TypedDict):
    """What is known of a number (CH-7)."""

    prefix: str
    tail: str
    masked: str


class BusinessContact(TypedDict):
    """Somebody with a business number, shown whole (ACC-9)."""

    id: int
    name: str
    phone: str


class ReferralRecord(TypedDict):
    """A broker's customer.  ``consultant`` is who receives them: assigned on site, or else wished for."""

    id: int
    code: str
    project: Named | None
    state: Annotated[str, choices.REFERRAL_STATE]
    name: str
    family_name: str
    given_name: str
    phones: list[PhonePart]
    broker: BusinessContact
    company: Named | None
    expected_visit_at: Moment | None
    shop_category: Annotated[str, choices.SHOP_CATEGORY] | None
    customer_type: Annotated[str, choices.CUSTOMER_TYPE] | None
    needs: str | None
    consultant: Named | None
    designated_consultant: Named | None
    qr_token: str | None
    qr_url: str | None
    reported_at: Moment | None
    last_reported_at: Moment | None
    bound_at: Moment | None
    protected_until: Moment | None
    closed_on: Day | None
    closed_amount: float | None
    closed_unit: str | None
    closed_note: str | None
    customer_id: int | None
    created_at: Moment


class ClosedRecord(ReferralRecord):
    """A deal.  ``warning``: its day lies outside any protection (CH-24)."""

    warning: bool


class ScanRecord(TypedDict):
    """A code scanned on site (CH-16)."""

    id: int
    created_at: Moment
    result: Annotated[str, choices.SCAN_RESULT]
    referral_id: int | None
    visitor_id: int | None
    project_id: int
    code: str
    name: str
    phone: str
    broker: BusinessContact | None
    consultant: BusinessContact
    staff: Named | None


class ScannedRecord(ScanRecord):
    """What came of a scan; until when the customer is protected now."""

    protected_until: Moment | None


class FoundRecord(TypedDict):
    """Whom a code belongs to (CH-13)."""

    kind: str
    id: int
    code: str
    name: str
    phones: list[str]
    state: Annotated[str, choices.REFERRAL_STATE] | None
    project_id: int | None
    broker: BusinessContact | None
    designated_consultant_id: int | None
    consultant: Named | None
    protected_by_another: bool
    protected_until: Moment | None


class TourRecord(TypedDict):
    """A consultant received the customer (CH-21)."""

    id: int
    created_at: Moment
    referral_id: int | None
    visitor_id: int | None
    project_id: int
    code: str
    name: str
    phone: str
    broker: BusinessContact | None
    consultant: BusinessContact
    intention: Annotated[str, choices.INTENTION]


class TourFollowUpRecord(TypedDict):
    """One more contact after a tour (CH-21)."""

    id: int
    author: Named | None
    content: str
    created_at: Moment


def colleague(row: Broker | Staff) -> BusinessContact:
    """Who it is, with the business number."""
    return {"id": row.id, "name": row.name, "phone": row.phone}


def qr_url(token: str) -> str:
    """The address that a QR holds: the phone's own scanner opens it (CH-11)."""
    return f"{request.host_url}m/q/{token}"


def referral_record(row: Referral) -> ReferralRecord:
    """A referral as the API shows it, with the state of now (CH-17)."""
    return {
        "id": row.id,
        "code": row.code,
        "project": named(row.project),
        "state": row.present_state,
        "name": row.name,
        "family_name": row.family_name,
        "given_name": row.given_name,
        "phones": [{"prefix": one.prefix, "tail": one.tail, "masked": one.masked} for one in row.fragments],
        "broker": colleague(row.broker),
        "company": named(row.broker_company),
        "expected_visit_at": iso(row.expected_visit_at),
        "shop_category": row.shop_category,
        "customer_type": row.customer_type,
        "needs": row.needs,
        "consultant": named(row.assigned_consultant or row.consultant),
        "designated_consultant": named(row.consultant),
        "qr_token": row.qr_token,
        "qr_url": qr_url(row.qr_token) if row.qr_token else None,
        "reported_at": iso(row.reported_at),
        "last_reported_at": iso(row.last_reported_at),
        "bound_at": iso(row.bound_at),
        "protected_until": iso(row.protected_until),
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "closed_amount": float(row.closed_amount) if row.closed_amount is not None else None,
        "closed_unit": row.closed_unit,
        "closed_note": row.closed_note,
        "customer_id": row.customer_id,
        "created_at": iso(row.created_at) or "",
    }


def scan_record(row: OnsiteScan) -> ScanRecord:
    """A scan as the API shows it."""
    return {
        "id": row.id,
        "created_at": iso(row.created_at) or "",
        "result": row.result,
        "referral_id": row.referral_id,
        "visitor_id": row.visitor_id,
        "project_id": row.project_id,
        "code": row.code,
        "name": row.name,
        "phone": row.phone,
        "broker": colleague(row.broker) if row.broker else None,
        "consultant": colleague(row.consultant),
        "staff": named(row.staff),
    }


def found_record(found: ScanPreview) -> FoundRecord:
    """Whom a code belongs to, as the API shows it."""
    visitor, referral = found.visitor, found.referral
    record: FoundRecord = {
        "kind": "visitor" if visitor else "referral",
        "id": visitor.id if visitor else referral.id if referral else 0,
        "code": visitor.code if visitor else referral.code if referral else "",
        "name": visitor.name if visitor else referral.name if referral else "",
        "phones": [str(visitor.phone)] if visitor else [],
        "state": None,
        "project_id": found.project_id,
        "broker": None,
        "designated_consultant_id": None,
        "consultant": None,
        "protected_by_another": found.is_protected,
        "protected_until": iso(found.protected_until),
    }
    if referral is not None:
        record["phones"] = [one.masked for one in referral.fragments]
        record["state"] = referral.present_state
        record["broker"] = colleague(referral.broker)
        record["designated_consultant_id"] = referral.consultant_id
        record["consultant"] = named(referral.assigned_consultant or referral.consultant)
    return record


def tour_record(row: Tour) -> TourRecord:
    """A tour as the API shows it."""
    return {
        "id": row.id,
        "created_at": iso(row.created_at) or "",
        "referral_id": row.referral_id,
        "visitor_id": row.visitor_id,
        "project_id": row.project_id,
        "code": row.code,
        "name": row.name,
        "phone": row.phone,
        "broker": colleague(row.broker) if row.broker else None,
        "consultant": colleague(row.consultant),
        "intention": row.intention,
    }


def tour_follow_up_record(row: TourFollowUp) -> TourFollowUpRecord:
    """A follow-up as the API shows it."""
    return {
        "id": row.id,
        "author": named(row.author),
        "content": row.content,
        "created_at": iso(row.created_at) or "",
    }


def referral_records(rows: Iterable[Referral]) -> list[ReferralRecord]:
    """Referrals as a list shows them."""
    return [referral_record(row) for row in rows]


def scan_records(rows: Iterable[OnsiteScan]) -> list[ScanRecord]:
    """Scans as a list shows them."""
    return [scan_record(row) for row in rows]


def tour_records(rows: Iterable[Tour]) -> list[TourRecord]:
    """Tours as a list shows them."""
    return [tour_record(row) for row in rows]


def tour_follow_up_records(rows: Iterable[TourFollowUp]) -> list[TourFollowUpRecord]:
    """Follow-ups as a list shows them."""
    return [tour_follow_up_record(row) for row in rows]
