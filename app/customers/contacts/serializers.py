"""REST API records of contacts (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.contacts.models import Contact


class ContactRecord(TypedDict):
    """A contact (CUST-11); numbers are masked, ``birthday`` is ``1990-05-20``, or ``05-20`` without the
    year.
    """

    id: int
    customer: Named | None
    name: str
    position: str | None
    department: str | None
    mobile: str | None
    landline: str | None
    email: str | None
    wechat: str | None
    qq: str | None
    birthday: str | None
    hobbies: str | None
    address: str | None
    remark: str | None
    is_primary: bool
    version: int
    created_by: Named
    created_at: Moment | None


class RevealedContact(TypedDict):
    """The full numbers of a contact, after the look at them was recorded (ACC-10)."""

    phone: str | None
    landline: str | None


def contact_records(rows: Iterable[Contact]) -> list[ContactRecord]:
    """Return the API records of contacts."""
    return [contact_record(row) for row in rows]


def contact_record(row: Contact) -> ContactRecord:
    """Return the API record of a contact."""
    return {
        "id": row.id,
        "customer": named(row.customer),
        "name": row.name,
        "position": row.position,
        "department": row.department,
        "mobile": str(row.mobile) if row.mobile else None,
        "landline": str(row.landline) if row.landline else None,
        "email": row.email,
        "wechat": row.wechat,
        "qq": row.qq,
        "birthday": str(row.birthday) if row.birthday else None,
        "hobbies": row.hobbies,
        "address": row.address,
        "remark": row.remark,
        "is_primary": row.is_primary,
        "version": row.version,
        "created_by": {"id": row.created_by_id, "name": row.created_by.display_name},
        "created_at": iso(row.created_at),
    }
