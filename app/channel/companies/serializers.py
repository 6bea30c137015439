"""REST API records of broker companies (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.companies.models import BrokerCompany


class CompanyRecord(TypedDict):
    """A broker company (CH-2)."""

    id: int
    name: str
    contact: str
    phone: str
    address: str
    active: bool
    created_at: Moment


def company_record(row: BrokerCompany, *, with_contact: bool = True) -> CompanyRecord:
    """Return the API record of a broker company, without its contact for brokers of another one."""
    return {
        "id": row.id,
        "name": row.name,
        "contact": row.contact if with_contact else "",
        "phone": row.phone if with_contact else "",
        "address": row.address if with_contact else "",
        "active": row.active,
        "created_at": iso(row.created_at) or "",
    }


def company_records(rows: Iterable[BrokerCompany]) -> list[CompanyRecord]:
    """Return the API records of a page of broker companies."""
    return [company_record(row) for row in rows]


def outside_company_records(rows: Iterable[BrokerCompany], own: int | None) -> list[CompanyRecord]:
    """Return broker companies for a broker, who reads the contact of their own company only (CH-2)."""
    return [company_record(row, with_contact=row.id == own) for row in rows]
