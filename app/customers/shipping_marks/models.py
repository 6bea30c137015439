"""The table of customers' shipping marks (CUST-12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.org.shared.models import Account


class ShippingMark(Model):
    """The text that is painted on a customer's cases (CUST-12), with who wrote it and when."""

    __tablename__ = "shipping_mark"
    __audit__ = "shipping_mark"
    __guarded__ = True
    __table_args__ = (
        Index("ix_shipping_mark_customer", "customer_id", "created_at", "id"),
        {"info": {"guarded": True}},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    customer: Mapped[Customer] = relationship()
    author: Mapped[Account] = relationship()
