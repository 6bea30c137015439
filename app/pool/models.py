"""Tables of the pool. Customers and pushes themselves are tables of ``app/customers``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Company, Department, Staff
from app.pool.choices import ENTRY_REASON, ENTRY_STATE, SHELF_ACTION

_OPEN = text("state = 'available'")


class ShelfLog(Model):
    """One step onto or off the shelf: person, department, time, reason (POOL-8, POOL-11).

    ``handler`` is the person whom shelving made responsible; ``reason`` a code of the reasons to unshelve.
    """

    __tablename__ = "shelf_log"
    __table_args__ = (
        one_of("action", SHELF_ACTION.codes),
        Index("ix_shelf_log_customer", "customer_id", "created_at", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    action: Mapped[str] = mapped_column(code_type(), nullable=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    staff_name: Mapped[str] = mapped_column(Text, nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None] = mapped_column(code_type())
    remark: Mapped[str | None] = mapped_column(Text)
    next_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    company: Mapped[Company] = relationship()
    department: Mapped[Department | None] = relationship()
    handler: Mapped[Staff | None] = relationship()


class PoolEntry(Model):
    """A customer's time in the public pool (POOL-2, POOL-19, POOL-20).

    It says why the customer came, the former owner, the person who decided and the new owner. A customer has
    at most one open entry.
    """

    __tablename__ = "pool_entry"
    __table_args__ = (
        one_of("reason", ENTRY_REASON.codes),
        one_of("state", ENTRY_STATE.codes),
        Index(
            "uq_pool_entry_open", "customer_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
        ),
        Index("ix_pool_entry_customer", "customer_id", "created_at", "id"),
        Index("ix_pool_entry_department", "department_id", "state", "created_at", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    reason: Mapped[str] = mapped_column(code_type(), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="available")
    original_owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    new_owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def decide(self, state: str, moment: datetime, *, by_id: int | None, new_owner_id: int | None) -> None:
        """Move ``available → assigned | claimed | withdrawn``; record the decider and the new owner."""
        self.state, self.decided_at = state, moment
        self.decided_by_id, self.new_owner_id = by_id, new_owner_id
