"""The log of steps onto and off the shelf (POOL-8, POOL-11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Company, Department, Staff
from app.pool.shelving.choices import SHELF_ACTION


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
