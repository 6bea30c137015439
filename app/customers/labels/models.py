"""Tags and categories, and which customers have them (CUST-23, CUST-24)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel.database.columns import UtcDateTime, code_type, one_of
from app.kernel.database.derived import searched_by, sorted_by
from app.kernel.database.session import Model
from app.kernel.settings.dictionaries import TONES

TAG_LENGTH = 30
MAX_PATH = 200
_TOP = text("parent_id IS NULL")
_BELOW = text("parent_id IS NOT NULL")


class Tag(Model):
    """A word that people put on customers (CUST-23).  The predefined ones stay; others are added freely.

    Two tags whose names differ only in width, case or blanks are the same one.
    """

    __tablename__ = "tag"
    __audit__ = "tag"
    __table_args__ = (
        one_of("tone", TONES),
        Index("uq_tag_name_search", "name_search", unique=True),
        Index("ix_tag_name_sort", "name_sort", "id"),
        Index("ix_tag_created", "created_at", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(TAG_LENGTH), nullable=False)
    name_search: Mapped[str] = searched_by("name")
    name_sort: Mapped[str] = sorted_by("name")
    tone: Mapped[str] = mapped_column(code_type(), nullable=False, default="blue")
    is_predefined: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    is_used: Mapped[bool] = query_expression()

    def __repr__(self) -> str:
        return self.name


class CustomerTag(Model):
    """A tag of a customer, once (CUST-23).  ``created_at`` is the customer's: a list that is filtered by a
    tag is read in its order.
    """

    __tablename__ = "customer_tag"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "tag_id"),
        Index("ix_customer_tag_tag", "tag_id", "created_at", "customer_id"),
        {"sqlite_with_rowid": False},
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class Category(Model):
    """A node of the tree of categories (CUST-24).  ``path`` lists the ids from the top, e.g. ``/1/4/9/``.

    What is empty is inherited from the category above: ``credit_ceiling`` (CNY), ``payment_days`` and
    ``service_standard``.
    """

    __tablename__ = "category"
    __audit__ = "category"
    __table_args__ = (
        CheckConstraint("credit_ceiling IS NULL OR credit_ceiling >= 0", name="credit_ceiling"),
        CheckConstraint("payment_days IS NULL OR payment_days BETWEEN 0 AND 3650", name="payment_days"),
        Index("ix_category_path", "path", "id"),
        Index("ix_category_parent", "parent_id"),
        Index(
            "uq_category_below", "parent_id", "name_search", unique=True,
            postgresql_where=_BELOW, sqlite_where=_BELOW,
        ),
        Index("uq_category_top", "name_search", unique=True, postgresql_where=_TOP, sqlite_where=_TOP),
        {"sqlite_autoincrement": True},
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    name_search: Mapped[str] = searched_by("name")
    path: Mapped[str] = mapped_column(String(MAX_PATH), nullable=False, default="")
    credit_ceiling: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    payment_days: Mapped[int | None] = mapped_column(Integer)
    service_standard: Mapped[str | None] = mapped_column(Text)

    parent: Mapped[Category | None] = relationship(remote_side="Category.id", viewonly=True)

    @property
    def depth(self) -> int:
        """The number of categories above it."""
        return max(0, self.path.count("/") - 2)

    def __repr__(self) -> str:
        return self.name


class CustomerCategory(Model):
    """A category of a customer; ``created_at`` is the customer's."""

    __tablename__ = "customer_category"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "category_id"),
        Index("ix_customer_category_category", "category_id", "created_at", "customer_id"),
        {"sqlite_with_rowid": False},
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


_HAS, _IN = CustomerTag.__table__.c, CustomerCategory.__table__.c


def tag_ids_of(customer_id: Any) -> Any:
    """Return a scalar: the ids of a customer's tags with commas between, for a column of customers."""
    return select(func.aggregate_strings(cast(_HAS.tag_id, String), ",")).where(
        _HAS.customer_id == customer_id
    )


def category_ids_of(customer_id: Any) -> Any:
    """Return a scalar: the ids of a customer's categories with commas between."""
    return select(func.aggregate_strings(cast(_IN.category_id, String), ",")).where(
        _IN.customer_id == customer_id
    )
