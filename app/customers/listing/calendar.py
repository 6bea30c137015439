"""The calendar of next contacts (OFF-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_

from app.customers.shared.models import Customer
from app.kernel.pages.calendar import Calendar

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_C = Customer.__table__.c


def _own(actor: Actor) -> ColumnElement[bool]:
    return or_(_C.owner_id == actor.id, _C.private_holder_id == actor.id, _C.handler_id == actor.id)


NEXT_CONTACTS = Calendar(_C.next_contact_at, "next_contact", _C.name, _own)
