"""Merges of two files into one, and pairs of files that are probably one customer (CUST-9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.merging.choices import PAIR_STATE
from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.org.shared.models import Account

_OPEN = text("undone_at IS NULL")
_SEALED = 10_000_000  # characters: all rows of a large file


class CustomerMerge(Model):
    """One file became part of another.

    ``kept_cipher`` is what the merge changed, row by row (:mod:`app.customers.merging.kept`): the undo puts
    it back. It is encrypted, for it has personal data of both files, and goes when they are erased.
    """

    __tablename__ = "customer_merge"
    __audit__ = "customer_merge"
    __table_args__ = (
        CheckConstraint("survivor_id <> merged_id", name="two_files"),
        Index("ix_customer_merge_survivor", "survivor_id", "created_at", "id"),
        Index("ix_customer_merge_merged", "merged_id", "id"),
        Index(
            "uq_customer_merge_open", "merged_id",
            unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    merged_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    kept_cipher: Mapped[str | None] = mapped_column(Encrypted(_SEALED))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    survivor: Mapped[Customer] = relationship(foreign_keys=[survivor_id])
    merged: Mapped[Customer] = relationship(foreign_keys=[merged_id])
    by: Mapped[Account] = relationship(foreign_keys=[by_id])

    def undo(self, moment: datetime, by_id: int | None) -> None:
        """Note that both are files of their own again; nobody by whom where the operator did it."""
        self.undone_at, self.undone_by_id = moment, by_id


class DuplicatePair(Model):
    """Two live files that are probably one customer; once per pair, the older file first.

    ``score`` says how alike they are, in percent. ``seen_at`` is the finder's last look that found the pair:
    an open one that it no longer finds goes. ``dismissed`` stays: they are different customers.
    """

    __tablename__ = "duplicate_pair"
    __audit__ = "duplicate_pair"
    __guarded__ = True
    __table_args__ = (
        UniqueConstraint("a_id", "b_id"),
        CheckConstraint("a_id < b_id", name="ordered"),
        CheckConstraint("score BETWEEN 0 AND 100", name="percent"),
        one_of("state", PAIR_STATE.codes),
        Index("ix_duplicate_pair_b", "b_id", "a_id"),
        Index("ix_duplicate_pair_found", "found_at", "id"),
        Index("ix_duplicate_pair_state", "state", "found_at", "id"),
        Index("ix_duplicate_pair_score", "state", "score", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    a_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    b_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    reason: Mapped[str] = mapped_column(code_type(), nullable=False)
    score: Mapped[int] = mapped_column(Integer, nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="open")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    a: Mapped[Customer] = relationship(foreign_keys=[a_id])
    b: Mapped[Customer] = relationship(foreign_keys=[b_id])

    def dismiss(self, moment: datetime, by_id: int) -> None:
        """Remember that these are different customers."""
        self.state, self.decided_at, self.decided_by_id = "dismissed", moment, by_id
