"""How the pool's operations are undone (OFF-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.audit.undo.services import Undo
from app.customers.shared.models import Customer
from app.customers.shared.queries import get_customer_to_undo
from app.customers.shared.settings import PRIVATE_CEILING
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.pool.holding.policies import is_restorable
from app.pool.holding.services import lock_private_count
from app.pool.shared.changes import holding_state
from app.pool.shared.permissions import PoolPermission

if TYPE_CHECKING:
    from app.kernel.errors import Decision


def _check(customer: Customer) -> Decision:
    """Tell whether the people may have the customer back: the holder below the ceiling, nobody departed."""
    holder = customer.private_holder_id
    if holder is None:
        return is_restorable(customer, held=0, ceiling=1)
    lock_private_count(holder)
    counted = select(func.count(Customer.id)).where(
        Customer.private_holder_id == holder, Customer.id != customer.id, Customer.deleted_at.is_(None)
    )
    with unscoped("a holder's customers are counted, whoever undoes the release (POOL-12)"):
        held = db.session.scalar(counted) or 0
    return is_restorable(customer, held=held, ceiling=PRIVATE_CEILING.get())


def _undo(permission: PoolPermission, message: str) -> tuple[PoolPermission, Undo]:
    how = Undo(f"pool.{permission}_undone", message, get_customer_to_undo, holding_state, _check)
    return permission, how


UNDO = (
    _undo(PoolPermission.UNSHELVE, N_("Unshelving undone")),
    _undo(PoolPermission.SHELVE, N_("Shelving undone")),
    _undo(PoolPermission.PRIVATIZE, N_("Holding privately undone")),
    _undo(PoolPermission.PUBLICIZE, N_("Release undone")),
    _undo(PoolPermission.ASSIGN, N_("Assignment undone")),
)
