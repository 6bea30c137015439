"""The REST API record of a customer (``spec/api.md``): its type, and its values by the declaration."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, cast

from app.customers.labels.queries import CATEGORIES, TAGS
from app.customers.shared import choices
from app.customers.shared.activity import activity_of
from app.customers.shared.fields import IN_API
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named
from app.kernel.database.session import Model
from app.kernel.fields.phones import PhoneNumber
from app.org.shared.directory import Colleague, NamedPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.customers.shared.models import Customer
    from app.customers.shared.rows import CustomerRow


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


_OUTSIDE = tuple((one.name, one.sent_name) for one in IN_API if one.group != "demand")
_OF_DEMAND = tuple((one.name, one.sent_name) for one in IN_API if one.group == "demand")
_DERIVED = ("activity", "tags", "categories")
API_READS = (*(one.name for one in IN_API), *_DERIVED)  # what a list reads for the record


def customer_record(customer: Customer | CustomerRow, *, in_full: bool = True) -> CustomerRecord:
    """Return the API record of a customer; without sales figures for a pending push (POOL-17)."""
    found: dict[str, Any] = {
        **{sent: _as_json(getattr(customer, name)) for name, sent in _OUTSIDE},
        "demand": {sent: _as_json(getattr(customer, name)) for name, sent in _OF_DEMAND},
        "id": customer.id,
        "activity": activity_of(customer),
        "tags": [one.name for one in TAGS.named_in(customer.tag_ids)],
        "categories": [named(one) for one in CATEGORIES.named_in(customer.category_ids)],
        "version": customer.version,
    }
    if not in_full:
        found |= {"annual_revenue": None, "cooperation_years": None}
    return cast("CustomerRecord", found)


def _amount(value: Decimal | float) -> float:
    """Return a decimal as a JSON number, an integer where it is whole."""
    return int(value) if value == int(value) else float(value)


# The first kind that fits decides: a datetime is a date too.
_AS_JSON: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (PhoneNumber, lambda number: number.masked if number else None),
    ((Model, Colleague, NamedPlace), named),
    (list, lambda records: [one.id for one in records]),
    (datetime, iso),
    (date, date.isoformat),
    ((Decimal, float), _amount),
)


@cache
def _way_of(kind: type) -> Callable[[Any], Any] | None:
    return next((as_json for of, as_json in _AS_JSON if issubclass(kind, of)), None)


def _as_json(value: Any) -> Any:
    kind: Any = type(value)
    as_json = _way_of(kind)
    return value if as_json is None else as_json(value)
