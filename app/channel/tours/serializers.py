"""REST API records of tours (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask_babel import gettext

from app.channel.shared.serializers import BusinessContact, colleague
from app.channel.tours import choices
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.tours.models import Tour, TourFollowUp


class TourRecord(TypedDict):
    """A tour: a consultant received the customer (CH-21)."""

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
    """A follow-up of a tour (CH-21)."""

    id: int
    author: Named | None
    content: str
    created_at: Moment


def tour_record(row: Tour) -> TourRecord:
    """Return the API record of a tour."""
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
    """Return the API record of a follow-up."""
    return {
        "id": row.id,
        "author": named(row.author),
        "content": row.content,
        "created_at": iso(row.created_at) or "",
    }


def tour_records(rows: Iterable[Tour]) -> list[TourRecord]:
    """Return the API records of a list of tours."""
    return [tour_record(row) for row in rows]


def tour_follow_up_records(rows: Iterable[TourFollowUp]) -> list[TourFollowUpRecord]:
    """Return the API records of a list of follow-ups."""
    return [tour_follow_up_record(row) for row in rows]


def describe_tour(tour: Tour) -> tuple[str, str]:
    """Describe a tour for the timeline: the consultant, and the intention."""
    return tour.consultant.name, gettext("Toured, intention %(intention)s", intention=tour.intention)
