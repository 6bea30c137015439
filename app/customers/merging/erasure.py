"""What goes with a deleted customer: the files that became part of it, and what an undo needs (CUST-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from app.customers.merging.models import CustomerMerge
from app.customers.shared.fields import FIELDS
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.fields.phones import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor

_NO_NUMBER = PhoneNumber(None, None, None, None)
_STAYS = frozenset({"deal_status", "enabled"})  # they are about work, and may not be empty


def erase_merges(customers: Sequence[Customer], _actor: Actor) -> None:
    """Erase the files that became part of deleted customers, through all merges; their codes stay."""
    with unscoped("the files that became part of a deleted customer go with it (CUST-22)"):
        ids = {customer.id for customer in customers}
        level: Any = ids
        while level:
            rows = db.session.scalars(select(Customer).where(id_in(Customer.merged_into_id, level))).all()
            for one in rows:
                _erase(one)
            level = {one.id for one in rows} - ids
            ids |= level
        of_these = or_(id_in(CustomerMerge.survivor_id, ids), id_in(CustomerMerge.merged_id, ids))
        db.session.flush()
        db.session.execute(update(CustomerMerge).where(of_these).values(kept_cipher=None))


def _erase(customer: Customer) -> None:
    for one in FIELDS:
        if one.group and one.name not in _STAYS:
            empty: Any = [] if one.name == "demand_districts" else None
            setattr(customer, one.name, customer.code if one.name == "name" else empty)
    customer.phone = _NO_NUMBER
