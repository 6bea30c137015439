"""The columns that all business records have (CUST-15, CUST-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.org.shared.models import Account, Staff

TITLE_LENGTH = 120


class BusinessRecord(Model):
    """A record of business with a customer: ``owner`` works on it, ``created_by`` wrote it first.

    ``version`` counts saves (CUST-20). ``customer_name`` is the customer's name as it was when the customer
    was deleted (CUST-22); empty until then. ``is_open`` records follow the customer's new owner (CUST-32).
    """

    __abstract__ = True
    __guarded__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    customer_name: Mapped[str | None] = mapped_column(String(120))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), nullable=False)
    title_search: Mapped[str] = searched_by("title")
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @declared_attr
    @classmethod
    def customer(cls) -> Mapped[Customer]:
        """The customer of the record."""
        return relationship(Customer, foreign_keys=f"{cls.__name__}.customer_id")

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[Staff]:
        """The colleague who works on the record."""
        return relationship(Staff, foreign_keys=f"{cls.__name__}.owner_id")

    @declared_attr
    @classmethod
    def created_by(cls) -> Mapped[Account]:
        """The person who wrote the record."""
        return relationship(Account, foreign_keys=f"{cls.__name__}.created_by_id")

    @property
    def is_open(self) -> bool:
        """Tell whether work on the record goes on."""
        raise NotImplementedError

    @property
    def name_of_customer(self) -> str:
        """Return the customer's name; after the customer's deletion the name it then had."""
        return self.customer_name or self.customer.name

    def hand_to(self, owner: Staff) -> None:
        """Give the record to another colleague."""
        self.owner, self.owner_id = owner, owner.id

    def keep_name(self) -> None:
        """Keep the customer's name before the customer's personal data is erased (CUST-22)."""
        self.customer_name = self.customer.name

    def bump(self) -> None:
        """Count one more save (CUST-20)."""
        self.version += 1


def record_indexes(table: str, *more: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the indexes of a table of business records: each ends with the order of the list, newest
    first, or is itself an order. ``more`` are further columns, each set before the key.
    """
    newest = ("created_at", "id")
    ways = {
        "created": newest,
        "customer": ("customer_id", *newest),
        "owner": ("owner_id", *newest),
        "author": ("created_by_id", *newest),
        "status": ("status", *newest),
    }
    ways |= {columns[0]: (*columns, "id") for columns in more}
    return tuple(Index(f"ix_{table}_{name}", *columns) for name, columns in ways.items())
