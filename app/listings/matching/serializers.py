"""REST API records of matches and of the memory of pairs (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment, Named
from app.listings.homes.serializers import ListingRecord, listing_record
from app.listings.matching.choices import CONDITION, INTEREST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.listings.matching.models import ListingInterest
    from app.listings.matching.queries import Fit


class ReasonRecord(TypedDict):
    """Why a condition of the demand is met or missed, in the caller's language."""

    condition: Annotated[str, CONDITION]
    fits: bool
    message: str


class ListingMatch(TypedDict):
    """A listing that fits the customer: ``score`` of 100, with all reasons (LST-3)."""

    listing: ListingRecord
    score: int
    reasons: list[ReasonRecord]
    interest: Annotated[str, INTEREST] | None


class ListingMatches(TypedDict):
    """The listings that fit, best first."""

    items: list[ListingMatch]


class CustomerMatch(TypedDict):
    """A customer whom the listing fits (LST-4)."""

    customer: Named
    score: int
    reasons: list[ReasonRecord]
    interest: Annotated[str, INTEREST] | None


class CustomerMatches(TypedDict):
    """The customers whom the listing fits, best first."""

    items: list[CustomerMatch]


class InterestRecord(TypedDict):
    """What a customer thinks of a listing (LST-3)."""

    id: int
    customer_id: int
    listing: Named
    state: Annotated[str, INTEREST]
    reason: str | None
    by: Named
    changed_at: Moment
    created_at: Moment


def _reasons(fit: Fit) -> list[ReasonRecord]:
    return [
        {"condition": one.condition, "fits": one.fits, "message": one.sentence} for one in fit.match.reasons
    ]


def listing_matches(fits: Iterable[Fit]) -> ListingMatches:
    """Return the API record of a customer's matches."""
    return {
        "items": [
            {
                "listing": listing_record(fit.record),
                "score": fit.match.score,
                "reasons": _reasons(fit),
                "interest": fit.interest or None,
            }
            for fit in fits
        ]
    }


def customer_matches(fits: Iterable[Fit]) -> CustomerMatches:
    """Return the API record of a listing's matches."""
    return {
        "items": [
            {
                "customer": {"id": fit.record.id, "name": fit.record.name},
                "score": fit.match.score,
                "reasons": _reasons(fit),
                "interest": fit.interest or None,
            }
            for fit in fits
        ]
    }


def interest_record(row: ListingInterest) -> InterestRecord:
    """Return the API record of what a customer thinks of a listing."""
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "listing": {"id": row.listing_id, "name": row.listing.name},
        "state": row.state,
        "reason": row.reason,
        "by": {"id": row.changed_by_id, "name": row.changed_by.display_name},
        "changed_at": iso(row.changed_at) or "",
        "created_at": iso(row.created_at) or "",
    }


def interest_records(rows: Iterable[ListingInterest]) -> list[InterestRecord]:
    """Return the API records of several."""
    return [interest_record(row) for row in rows]
