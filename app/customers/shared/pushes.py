"""Customers offered to colleagues (POOL-16, POOL-17): whom they reach decides who sees a customer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared import choices
from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Department, Staff


class Push(Model):
    """A customer offered to a colleague (POOL-16, POOL-17); the operations are in ``app/pool``.

    While it is ``accepted`` it makes its receiver a write member of the customer, without a row of the team.
    """

    __tablename__ = "push"
    __audit__ = "push"
    __table_args__ = (
        one_of("state", choices.PUSH_STATE.codes),
        Index(
            "uq_push_open", "customer_id", "receiver_id", unique=True,
            postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'"),
        ),
        Index("ix_push_receiver", "receiver_id", "state", "customer_id"),
        Index("ix_push_inbox", "receiver_id", "created_at", "id"),
        Index("ix_push_outbox", "sender_id", "created_at", "id"),
        Index("ix_push_customer", "customer_id", "created_at", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    sender_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    sender_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    receiver_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="pending")
    remark: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship()
    sender: Mapped[Staff] = relationship(foreign_keys=[sender_id])
    sender_department: Mapped[Department] = relationship(foreign_keys=[sender_department_id])
    receiver: Mapped[Staff] = relationship(foreign_keys=[receiver_id])
    receiver_department: Mapped[Department] = relationship(foreign_keys=[receiver_department_id])

    def decide(self, state: str, moment: datetime, answer: str | None) -> None:
        """Accept or reject as the receiver, or withdraw as the sender (POOL-17)."""
        self.state, self.decided_at, self.answer = state, moment, answer

    def end(self, moment: datetime) -> None:
        """End an accepted push, and with it the receiver's membership; the answer is kept (POOL-17)."""
        self.state, self.ended_at = "ended", moment
