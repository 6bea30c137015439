"""Follow-ups of customers: each contact with one (POOL-18)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared import choices
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Staff


class FollowUp(Model):
    """One contact with a customer (POOL-18). ``counts`` is false for a remark of shelving."""

    __tablename__ = "follow_up"
    __audit__ = "follow_up"
    __files__ = "follow_up"
    __table_args__ = (
        one_of("method", choices.METHOD.codes),
        Index("ix_follow_up_customer", "customer_id", "created_at", "id"),
        Index("ix_follow_up_author", "author_id", "created_at", "id", "counts"),
        Index("ix_follow_up_day", "created_at", "author_id", "counts"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    content: Mapped[str] = mapped_column(Text, nullable=False)
    method: Mapped[str] = mapped_column(code_type(), nullable=False)
    next_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    author: Mapped[Staff] = relationship()
