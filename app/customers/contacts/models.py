"""The table of contacts (CUST-11)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.kernel.fields.birthdays import Birthday, birthday_columns
from app.kernel.fields.phones import PhoneNumber, phone_columns
from app.org.shared.models import Account

_PRIMARY = text("is_primary")


def _where_kept(name: str, *columns: str) -> Index:
    """Return an index of the rows that have a value in the first of the columns."""
    condition = text(f"{columns[0]} IS NOT NULL")
    return Index(f"ix_contact_{name}", *columns, postgresql_where=condition, sqlite_where=condition)


class Contact(Model):
    """A person at a customer, or a second number of an individual's family (CUST-11).

    At most one of a customer is its primary contact: a unique index says so.  ``birthday_noted_on`` is the
    birthday for which the last to-do was made (CUST-29).
    """

    __tablename__ = "contact"
    __audit__ = "contact"
    __guarded__ = True
    __table_args__ = (
        Index(
            "uq_contact_primary", "customer_id", unique=True,
            postgresql_where=_PRIMARY, sqlite_where=_PRIMARY,
        ),
        Index("ix_contact_customer", "customer_id", "is_primary", "id"),
        Index("ix_contact_created", "created_at", "id"),
        Index("ix_contact_email", "email_search"),
        _where_kept("phone", "phone_index"),
        _where_kept("phone_last4", "phone_last4"),
        _where_kept("landline", "landline_index"),
        _where_kept("landline_last4", "landline_last4"),
        _where_kept("birthday", "birth_month_day", "birthday_noted_on"),
        {"info": {"guarded": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    name_search: Mapped[str] = searched_by("name")
    position: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str | None] = mapped_column(String(60))
    mobile: Mapped[PhoneNumber] = composite(PhoneNumber, *phone_columns())
    landline: Mapped[PhoneNumber] = composite(PhoneNumber, *phone_columns("landline"))
    email: Mapped[str | None] = mapped_column(String(254))
    email_search: Mapped[str] = searched_by("email")
    wechat: Mapped[str | None] = mapped_column(String(60))
    qq: Mapped[str | None] = mapped_column(String(20))
    birthday: Mapped[Birthday] = composite(Birthday, *birthday_columns())
    birthday_noted_on: Mapped[date | None] = mapped_column(Date)
    hobbies: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(Text)
    is_primary: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    customer: Mapped[Customer] = relationship()
    created_by: Mapped[Account] = relationship()

    def __repr__(self) -> str:
        return f"<Contact {self.id}>"

    def set_primary(self, *, is_primary: bool) -> None:
        """Make it the customer's primary contact, or an ordinary one."""
        self.is_primary = is_primary

    def bump(self) -> None:
        """Increment the version (CUST-20)."""
        self.version += 1
