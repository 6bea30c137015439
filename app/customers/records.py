"""REST API records of the customer file: one type and one function each (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from app.audit.queries import sentence_of, shown_value
from app.customers import choices
from app.customers.editing import field_label
from app.customers.models import FollowUp
from app.kernel.api.base import iso, named
from app.kernel.api.files import FileRecord, file_record
from app.kernel.api.schemas import Day, Moment, Named
from app.kernel.files.attachments import files_by_subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.audit.models import OperationLog
    from app.customers.models import Customer, CustomerMember, NumberReveal
    from app.kernel.files.attachments import Attachment


class DemandRecord(TypedDict):
    """What the customer is looking for (CUST-5)."""

    kind: Annotated[str, choices.DEMAND_KIND] | None
    district_ids: list[int]
    price_min: float | None
    price_max: float | None
    area_min: float | None
    area_max: float | None
    rooms_min: int | None
    rooms_max: int | None
    needs: str | None


class CustomerFacets(TypedDict):
    """The facets of the file (CUST-2 … CUST-5)."""

    email: str | None
    website: str | None
    country: str | None
    district: Named | None
    address: str | None
    industry: Annotated[str, choices.INDUSTRY] | None
    company_size: Annotated[str, choices.COMPANY_SIZE] | None
    founded_on: Day | None
    source: Annotated[str, choices.SOURCE] | None
    remark: str | None
    enabled: bool
    tax_id: str | None
    link_code: str | None
    annual_revenue: float | None
    cooperation_years: float | None
    demand: DemandRecord


class CustomerRecord(CustomerFacets):
    """A customer; the number is masked."""

    id: int
    code: str
    name: str
    short_name: str | None
    kind: Annotated[str, choices.KIND]
    pool: Annotated[str, choices.POOL]
    follow_status: Annotated[str, choices.FOLLOW_STATUS]
    phone: str | None
    owner: Named | None
    handler: Named | None
    private_holder: Named | None
    department: Named | None
    grade: Annotated[str, choices.GRADE]
    deal_status: Annotated[str, choices.DEAL_STATUS]
    stage: Annotated[str, choices.STAGE]
    level: Annotated[str, choices.LEVEL] | None
    activity: Annotated[str, choices.ACTIVITY]
    tags: list[str]
    categories: list[Named]
    version: int
    last_follow_up_at: Moment | None
    next_contact_at: Moment | None
    created_at: Moment | None


class FollowUpRecord(TypedDict):
    """One contact with a customer (POOL-18)."""

    id: int
    customer_id: int
    author: Named | None
    content: str
    method: Annotated[str, choices.METHOD]
    method_label: str
    files: list[FileRecord]
    next_contact_at: Moment | None
    created_at: Moment | None


class FileList(TypedDict):
    """All files of a customer, newest first."""

    items: list[FileRecord]


class AddedFiles(FileList):
    """The files that were added; ``id`` is the first one's."""

    id: int


class MemberRecord(TypedDict):
    """A colleague on the team (CUST-3); ``id`` is the colleague's."""

    id: int
    name: str
    department: Named | None
    access: Annotated[str, choices.MEMBER_ACCESS]


class MemberList(TypedDict):
    """The whole team, by name."""

    items: list[MemberRecord]


class LinkedRecord(TypedDict):
    """Another customer of the group that the caller can open (CUST-3)."""

    id: int
    code: str
    name: str


class LinkedList(TypedDict):
    """The others of the group, newest first."""

    items: list[LinkedRecord]


class RevealRecord(TypedDict):
    """Who looked at the number, when and what for (ACC-10)."""

    id: int
    staff: Named | None
    department: Named | None
    purpose: str
    source: str
    created_at: Moment | None


class RevealedNumber(TypedDict):
    """The full number, after the look at it was recorded (ACC-10)."""

    phone: str


class ChangeRecord(TypedDict):
    """One field of an edit (CUST-20)."""

    field: str
    label: str
    before: str
    after: str


class OperationRecord(TypedDict):
    """A row of the operation log (PLAT-1)."""

    id: int
    number: int
    operation: str
    sentence: str
    actor: Named
    changes: list[ChangeRecord]
    source: str
    created_at: Moment | None


def _amount(value: Any) -> float | None:
    """Return a decimal as a JSON number, an integer where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def customer_record(customer: Customer, *, in_full: bool = True) -> CustomerRecord:
    """Return the API record of a customer; without sales figures for a pending push (POOL-17)."""
    figures: dict[str, Any] = {} if in_full else {"annual_revenue": None, "cooperation_years": None}
    return {
        "id": customer.id,
        "code": customer.code,
        "name": customer.name,
        "short_name": customer.short_name,
        "kind": customer.kind,
        "pool": customer.pool,
        "follow_status": customer.follow_status,
        "phone": customer.phone.masked if customer.phone else None,
        "owner": named(customer.owner),
        "handler": named(customer.handler),
        "private_holder": named(customer.private_holder),
        "department": named(customer.department),
        "grade": customer.grade,
        "deal_status": customer.deal_status,
        "stage": customer.stage,
        "level": customer.level,
        "activity": activity_of(customer),
        "tags": [],
        "categories": [],
        "version": customer.version,
        "last_follow_up_at": iso(customer.last_follow_up_at),
        "next_contact_at": iso(customer.next_contact_at),
        "created_at": iso(customer.created_at),
        **_facets(customer),
        **figures,  # type: ignore[typeddict-item]
    }


def _facets(customer: Customer) -> CustomerFacets:
    return {
        "email": customer.email,
        "website": customer.website,
        "country": customer.country,
        "district": named(customer.district),
        "address": customer.address,
        "industry": customer.industry,
        "company_size": customer.company_size,
        "founded_on": customer.founded_on.isoformat() if customer.founded_on else None,
        "source": customer.source,
        "remark": customer.remark,
        "enabled": customer.enabled,
        "tax_id": customer.tax_id,
        "link_code": customer.link_code,
        "annual_revenue": _amount(customer.annual_revenue),
        "cooperation_years": _amount(customer.cooperation_years),
        "demand": {
            "kind": customer.demand_kind,
            "district_ids": [district.id for district in customer.demand_districts],
            "price_min": _amount(customer.price_min),
            "price_max": _amount(customer.price_max),
            "area_min": _amount(customer.area_min),
            "area_max": _amount(customer.area_max),
            "rooms_min": customer.rooms_min,
            "rooms_max": customer.rooms_max,
            "needs": customer.needs,
        },
    }


def activity_of(customer: Customer) -> str:
    """Return the activity (CUST-30): off-shelf, lapsed or disabled customers are inactive."""
    idle = customer.follow_status == "off_shelf" or customer.stage == "lapsed" or not customer.enabled
    return "inactive" if idle else "active"


def follow_up_records(rows: Iterable[FollowUp]) -> list[FollowUpRecord]:
    """Return the API records of follow-ups, with their files in one further statement."""
    given = [*rows]
    files = files_by_subject(FollowUp.__files__, [row.id for row in given])
    return [follow_up_record(row, files[row.id]) for row in given]


def follow_up_record(row: FollowUp, files: Iterable[Attachment] = ()) -> FollowUpRecord:
    """Return the API record of a follow-up."""
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "author": named(row.author),
        "content": row.content,
        "method": row.method,
        "method_label": choices.METHOD.label(row.method),
        "files": [file_record(one) for one in files],
        "next_contact_at": iso(row.next_contact_at),
        "created_at": iso(row.created_at),
    }


def member_record(row: CustomerMember) -> MemberRecord:
    """Return the API record of a team member."""
    return {
        "id": row.staff_id,
        "name": row.staff.name,
        "department": named(row.staff.department),
        "access": row.access,
    }


def reveal_records(rows: Iterable[NumberReveal]) -> list[RevealRecord]:
    """Return the API records of reveals."""
    return [reveal_record(row) for row in rows]


def reveal_record(row: NumberReveal) -> RevealRecord:
    """Return the API record of a reveal."""
    return {
        "id": row.id,
        "staff": named(row.staff),
        "department": named(row.department),
        "purpose": row.purpose,
        "source": row.source,
        "created_at": iso(row.created_at),
    }


def operation_records(rows: Iterable[OperationLog]) -> list[OperationRecord]:
    """Return the API records of rows of the operation log."""
    return [operation_record(row) for row in rows]


def operation_record(row: OperationLog) -> OperationRecord:
    """Return the API record of a row of the operation log."""
    return {
        "id": row.id,
        "number": row.number,
        "operation": row.operation,
        "sentence": sentence_of(row),
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "changes": [
            {
                "field": name,
                "label": field_label(name),
                "before": shown_value(row.record_type, name, before),
                "after": shown_value(row.record_type, name, after),
            }
            for name, (before, after) in row.differences.items()
        ],
        "source": row.source,
        "created_at": iso(row.at),
    }
