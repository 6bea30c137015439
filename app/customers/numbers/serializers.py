"""REST API records of reveals and look-ups of numbers (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.numbers.choices import LOOKUP_WAY
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.numbers.models import NumberLookup, NumberReveal


class RevealRecord(TypedDict):
    """Who looked at a number, when and what for (ACC-10); ``number`` is the masked one of a contact or a
    bank account, null for the customer's own.
    """

    id: int
    staff: Named | None
    department: Named | None
    contact: Named | None
    number: str | None
    purpose: str
    source: str
    created_at: Moment | None


class LookupRecord(TypedDict):
    """Who asked about which whole number, masked, and whether it was known (ACC-17)."""

    id: int
    account: Named
    phone: str
    hit: bool
    way: Annotated[str, LOOKUP_WAY]
    stops: bool
    source: str
    created_at: Moment | None


class RevealedNumber(TypedDict):
    """The full number, after the look at it was recorded (ACC-10)."""

    phone: str


def reveal_records(rows: Iterable[NumberReveal]) -> list[RevealRecord]:
    """Return the API records of reveals."""
    return [reveal_record(row) for row in rows]


def reveal_record(row: NumberReveal) -> RevealRecord:
    """Return the API record of a reveal."""
    return {
        "id": row.id,
        "staff": named(row.staff),
        "department": named(row.department),
        "contact": named(row.contact),
        "number": row.number_masked,
        "purpose": row.purpose,
        "source": row.source,
        "created_at": iso(row.created_at),
    }


def lookup_records(rows: Iterable[NumberLookup]) -> list[LookupRecord]:
    """Return the API records of look-ups."""
    return [
        {
            "id": row.id,
            "account": {"id": row.account_id, "name": row.account.display_name},
            "phone": row.phone_masked,
            "hit": row.hit,
            "way": row.way,
            "stops": row.stops,
            "source": row.source,
            "created_at": iso(row.created_at),
        }
        for row in rows
    ]
