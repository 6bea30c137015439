"""Claims that keep two customers from holding one number where a rule forbids it (CUST-7)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.session import Model


class PhoneClaim(Model):
    """One customer per number in the scope ``g`` (all), ``o:<owner>``, ``d:<department>`` (CUST-7)."""

    __tablename__ = "phone_claim"
    __table_args__ = (PrimaryKeyConstraint("scope", "phone_index"),)
    scope: Mapped[str] = mapped_column(String(24))
    phone_index: Mapped[str] = mapped_column(String(32))
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True
    )
