"""Types that several records of the REST API share."""

from __future__ import annotations

from typing import Protocol, TypedDict


class Contact(Protocol):
    """A person with a name and a business number: a broker or a colleague."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...


class PhonePart(TypedDict):
    """The known digits of a phone number (CH-7)."""

    prefix: str
    tail: str
    masked: str


class BusinessContact(TypedDict):
    """A person with their business number, in full (ACC-9)."""

    id: int
    name: str
    phone: str


def colleague(row: Contact) -> BusinessContact:
    """Return the name and business number of a colleague."""
    return {"id": row.id, "name": row.name, "phone": row.phone}
