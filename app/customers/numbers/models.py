"""Reveals of full numbers (ACC-10), and lookups of typed ones (ACC-17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.numbers.choices import LOOKUP_WAY
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Account, Department, Staff

_OF_CONTACT, _OF_ACCOUNT = text("contact_id IS NOT NULL"), text("bank_account_id IS NOT NULL")


class NumberReveal(Model):
    """One audited reveal of a full number (ACC-10): the customer's own, a contact's or a bank account's.

    ``number_masked`` is what was revealed, where that is not the customer's own number: it stays when the
    contact or the account goes.
    """

    __tablename__ = "number_reveal"
    __audit__ = "number_reveal"
    __table_args__ = (
        Index("ix_number_reveal_customer", "customer_id", "created_at", "id"),
        Index("ix_number_reveal_staff", "staff_id", "created_at"),
        Index(
            "ix_number_reveal_contact", "contact_id", postgresql_where=_OF_CONTACT, sqlite_where=_OF_CONTACT
        ),
        Index(
            "ix_number_reveal_account",
            "bank_account_id",
            postgresql_where=_OF_ACCOUNT,
            sqlite_where=_OF_ACCOUNT,
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id", ondelete="SET NULL"))
    number_masked: Mapped[str | None] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(200), nullable=False)
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    staff: Mapped[Staff] = relationship()
    department: Mapped[Department] = relationship()
    contact: Mapped[Any] = relationship("Contact", viewonly=True)  # of a subject above this one


class NumberLookup(Model):
    """One lookup of a whole number (ACC-17), and whether it was known.

    ``stops`` marks the lookup that blocked the person's further ones for an hour.
    """

    __tablename__ = "number_lookup"
    __table_args__ = (
        one_of("way", LOOKUP_WAY.codes),
        Index("ix_number_lookup_account", "account_id", "created_at", "id"),
        Index("ix_number_lookup_created", "created_at", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    way: Mapped[str] = mapped_column(code_type(), nullable=False)
    phone_index: Mapped[str] = mapped_column(String(32), nullable=False)
    phone_masked: Mapped[str] = mapped_column(String(32), nullable=False)
    hit: Mapped[bool] = mapped_column(Boolean, nullable=False)
    stops: Mapped[bool] = mapped_column(Boolean, nullable=False)
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    account: Mapped[Account] = relationship()
