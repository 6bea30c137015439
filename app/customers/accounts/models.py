"""The table of customers' bank accounts (CUST-12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.kernel.fields.account_numbers import AccountNumber, account_number_columns
from app.org.shared.models import Account

_DEFAULT = text("is_default")


class BankAccount(Model):
    """A bank account of a customer (CUST-12); its number is encrypted.

    A customer has an account number once, and at most one default account: unique indexes say so.
    """

    __tablename__ = "bank_account"
    __audit__ = "bank_account"
    __guarded__ = True
    __table_args__ = (
        Index(
            "uq_bank_account_default", "customer_id", unique=True,
            postgresql_where=_DEFAULT, sqlite_where=_DEFAULT,
        ),
        Index("uq_bank_account_number", "customer_id", "number_index", unique=True),
        Index("ix_bank_account_customer", "customer_id", "is_default", "id"),
        {"info": {"guarded": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    bank: Mapped[str] = mapped_column(String(120), nullable=False)
    bank_address: Mapped[str | None] = mapped_column(String(200))
    bank_contact: Mapped[str | None] = mapped_column(String(60))
    bank_code: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[AccountNumber] = composite(AccountNumber, *account_number_columns())
    payee: Mapped[str | None] = mapped_column(String(120))
    is_default: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    customer: Mapped[Customer] = relationship()
    created_by: Mapped[Account] = relationship()

    def set_default(self, *, is_default: bool) -> None:
        """Make it the customer's default account, or an ordinary one."""
        self.is_default = is_default
