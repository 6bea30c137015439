"""REST API records of on-site scans (CH-13 … CH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.scans.choices import SCAN_RESULT
from app.channel.scans.policies import can_see_holder
from app.channel.shared.serializers import BusinessContact, colleague
from app.kernel.access.current import current_actor
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.scans.models import OnsiteScan
    from app.channel.scans.services import ScanPreview


class ScanRecord(TypedDict):
    """A scan of a viewing code on site (CH-16)."""

    id: int
    created_at: Moment
    result: Annotated[str, SCAN_RESULT]
    referral_id: int | None
    visitor_id: int | None
    project_id: int
    code: str
    name: str
    phone: str
    broker: BusinessContact | None
    bound_broker: BusinessContact | None
    consultant: BusinessContact
    staff: Named | None
    by_code: bool


class ScannedRecord(ScanRecord):
    """The result of a scan: until when the customer is protected, and whether they are probably a customer
    bound to another broker (CH-8).
    """

    protected_until: Moment | None
    probable_collision: bool


class FoundRecord(TypedDict):
    """The customer of a viewing code (CH-13)."""

    kind: str
    id: int
    code: str
    name: str
    phones: list[str]
    state: Annotated[str, REFERRAL_STATE] | None
    project_id: int | None
    broker: BusinessContact | None
    designated_consultant_id: int | None
    consultant: Named | None
    protected_by_another: bool
    probable_collision: bool
    protected_until: Moment | None


def scan_record(row: OnsiteScan) -> ScanRecord:
    """Return the API record of a scan."""
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
        "bound_broker": colleague(row.holder) if row.holder and can_see_holder(current_actor()) else None,
        "consultant": colleague(row.consultant),
        "staff": named(row.staff),
        "by_code": row.by_code,
    }


def found_record(found: ScanPreview) -> FoundRecord:
    """Return the API record of the customer of a code."""
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
        "probable_collision": bool(found.similar),
        "protected_until": iso(found.protected_until),
    }
    if referral is not None:
        record["phones"] = [one.masked for one in referral.fragments]
        record["state"] = referral.present_state
        record["broker"] = colleague(referral.broker)
        record["designated_consultant_id"] = referral.consultant_id
        record["consultant"] = named(referral.assigned_consultant or referral.consultant)
    return record


def scan_records(rows: Iterable[OnsiteScan]) -> list[ScanRecord]:
    """Return the API records of a list of scans."""
    return [scan_record(row) for row in rows]


def describe_scan(scan: OnsiteScan) -> tuple[str, str]:
    """Describe a scan for the timeline: who scanned, and the result."""
    return scan.staff.name, SCAN_RESULT.label(scan.result)
