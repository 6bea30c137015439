"""The rules by which customers are recycled (POOL-19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type
from app.kernel.database.session import Model
from app.org.shared.models import Department

MAX_DAYS = 3650


class RecyclingRule(Model):
    """After how many days without a follow-up a personal customer goes into the public pool (POOL-19).

    It holds for the customers of ``department`` and those below it, with that ``deal_status`` and ``level``;
    what is empty holds for all. ``days`` 0 is never. They go to the pool of ``to_department``, or of their
    owner's department. ``key`` names the conditions, so that there is one rule for them.
    """

    __tablename__ = "recycling_rule"
    __audit__ = "recycling_rule"
    __table_args__ = (
        CheckConstraint(f"days BETWEEN 0 AND {MAX_DAYS}", name="days"),
        Index("uq_recycling_rule_key", "company_id", "key", unique=True),
        Index("ix_recycling_rule_created", "company_id", "created_at", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    deal_status: Mapped[str | None] = mapped_column(code_type())
    level: Mapped[str | None] = mapped_column(code_type())
    key: Mapped[str] = mapped_column(String(80), nullable=False)
    days: Mapped[int] = mapped_column(Integer, nullable=False)
    to_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    to_department: Mapped[Department | None] = relationship(foreign_keys=[to_department_id])

    def apply_to(self, department_id: int | None, deal_status: str | None, level: str | None) -> None:
        """Set the conditions."""
        self.department_id, self.deal_status, self.level = department_id, deal_status, level
        self.key = f"{department_id or ''}|{deal_status or ''}|{level or ''}"
