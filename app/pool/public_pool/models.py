"""A customer's time in the public pool (POOL-2, POOL-19, POOL-20)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Department, Staff
from app.pool.public_pool.choices import ENTRY_REASON, ENTRY_STATE

_OPEN = text("state = 'available'")


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
        Index("ix_pool_entry_pool", "department_id", "created_at", "id"),
        Index("ix_pool_entry_created", "created_at", "id"),
        Index("ix_pool_entry_state", "state", "created_at", "id"),
        Index("ix_pool_entry_new_owner", "new_owner_id", "created_at", "id"),
        Index("ix_pool_entry_original_owner", "original_owner_id", "created_at", "id"),
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

    customer: Mapped[Customer] = relationship()
    department: Mapped[Department] = relationship()
    original_owner: Mapped[Staff | None] = relationship(foreign_keys=[original_owner_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])
    new_owner: Mapped[Staff | None] = relationship(foreign_keys=[new_owner_id])

    def decide(self, state: str, moment: datetime, *, by_id: int | None, new_owner_id: int | None) -> None:
        """Move ``available → assigned | claimed | withdrawn``; record the decider and the new owner."""
        self.state, self.decided_at = state, moment
        self.decided_by_id, self.new_owner_id = by_id, new_owner_id
