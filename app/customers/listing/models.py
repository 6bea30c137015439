"""The pieces of customers' names, for the search (CUST-13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import Model


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
