"""Shapes that several records of the REST API share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from app.channel.brokers.models import Broker
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


def colleague(row: Broker | Staff) -> BusinessContact:
    """Who it is, with the business number."""
    return {"id": row.id, "name": row.name, "phone": row.phone}
