"""Tables of the customer file. A state changes only through the methods here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.org.shared.models import Department, Staff


class CustomerGram(Model):
    """A piece of a customer's name or short name for the search (CUST-13): its first character, and each pair
    of neighbours. ``created_at`` is the customer's, so that results have the list's order.
    """

    __tablename__ = "customer_gram"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "gram"),
        Index("ix_customer_gram_gram", "gram", "created_at", "customer_id"),
        {"sqlite_with_rowid": False},
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    gram: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class NumberReveal(Model):
    """One audited reveal of a full number (ACC-10)."""

    __tablename__ = "number_reveal"
    __audit__ = "number_reveal"
    __table_args__ = (
        Index("ix_number_reveal_customer", "customer_id", "created_at", "id"),
        Index("ix_number_reveal_staff", "staff_id", "created_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    purpose: Mapped[str] = mapped_column(String(200), nullable=False)
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    staff: Mapped[Staff] = relationship()
    department: Mapped[Department] = relationship()
