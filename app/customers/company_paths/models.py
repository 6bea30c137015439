"""The table of customers' company paths (CUST-12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.org.shared.models import Account

_DEFAULT = text("is_default")


class CompanyPath(Model):
    """A chain of our own legal entities through which a customer is served (CUST-12), and the code under
    which the customer knows us there.  A contract names one; at most one is the customer's default.
    """

    __tablename__ = "company_path"
    __audit__ = "company_path"
    __guarded__ = True
    __table_args__ = (
        Index(
            "uq_company_path_default", "customer_id", unique=True,
            postgresql_where=_DEFAULT, sqlite_where=_DEFAULT,
        ),
        Index("ix_company_path_customer", "customer_id", "is_default", "id"),
        {"info": {"guarded": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    path: Mapped[str] = mapped_column(String(200), nullable=False)
    our_code: Mapped[str | None] = mapped_column(String(60))
    is_default: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    customer: Mapped[Customer] = relationship()
    created_by: Mapped[Account] = relationship()

    def set_default(self, *, is_default: bool) -> None:
        """Make it the customer's default path, or an ordinary one."""
        self.is_default = is_default
