"""Tables of credit limits and their history (CUST-17)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.org.shared.models import Account


class CreditLimit(Model):
    """What a customer may owe in one currency; no row counts as zero (CUST-18)."""

    __tablename__ = "credit_limit"
    __table_args__ = (
        UniqueConstraint("customer_id", "currency"),
        CheckConstraint("amount >= 0", name="amount"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    currency: Mapped[str] = mapped_column(String(3), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)

    def change(self, amount: Decimal) -> None:
        """Set another limit; its history is a row of :class:`CreditLimitChange`."""
        self.amount = amount


class CreditLimitChange(Model):
    """One change of a limit: before, after, who and when (CUST-17).

    ``before`` and ``after`` are empty where there is no limit; ``currency`` is empty where the change only
    switched the check on or off (``enabled``).
    """

    __tablename__ = "credit_limit_change"
    __table_args__ = (Index("ix_credit_limit_change_customer", "customer_id", "created_at", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    currency: Mapped[str] = mapped_column(String(3), nullable=False, default="")
    before: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    after: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    enabled: Mapped[bool] = mapped_column(Boolean, nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    created_by: Mapped[Account] = relationship()
