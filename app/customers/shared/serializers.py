"""The REST API record of a customer (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from app.customers.shared import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


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
