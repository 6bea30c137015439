"""The tables of handovers: batches, handovers, items of their checklists (HAND-1, HAND-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.handover.handovers.choices import (
    CANCELLED,
    COMPLETED,
    CONFIRMATION,
    ITEM_KIND,
    OPEN_STAGES,
    PREPARATION,
    REASON,
    REVIEW,
    STAGE,
)
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Account, Staff

_OPEN = text("stage IN ('preparation', 'review', 'confirmation')")


def _open(name: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, postgresql_where=_OPEN, sqlite_where=_OPEN)


class HandoverBatch(Model):
    """Handovers that were started together (HAND-1)."""

    __tablename__ = "handover_batch"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)


class Handover(Model):
    """A personal customer on its way from its owner to a colleague (HAND-1).

    ``acting`` is who acts next, since ``stage_since``; nobody: an administrator (HAND-7, HAND-9).
    ``reason_back`` says why it was sent back, declined or cancelled at last.  ``customer_name`` is the
    customer's name as it was when the customer was deleted (CUST-22).  A customer has one open handover.
    """

    __tablename__ = "handover"
    __audit__ = "handover"
    __guarded__ = True
    __table_args__ = (
        one_of("stage", STAGE.codes),
        one_of("reason", REASON.codes),
        CheckConstraint("receiver_id <> former_owner_id", name="receiver"),
        CheckConstraint("(stage IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)", name="ended"),
        _open("uq_handover_open", "customer_id", unique=True),
        _open("ix_handover_acting", "acting_id", "created_at", "id"),
        _open("ix_handover_waiting", "stage_since", "id"),
        Index("ix_handover_created", "created_at", "id"),
        Index("ix_handover_batch", "batch_id", "id"),
        Index("ix_handover_customer", "customer_id", "created_at", "id"),
        Index("ix_handover_former_owner", "former_owner_id", "created_at", "id"),
        Index("ix_handover_receiver", "receiver_id", "created_at", "id"),
        Index("ix_handover_stage", "stage", "created_at", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("handover_batch.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    customer_name: Mapped[str | None] = mapped_column(String(120))
    former_owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    reason: Mapped[str] = mapped_column(code_type(), nullable=False)
    stage: Mapped[str] = mapped_column(code_type(), nullable=False, default=PREPARATION)
    stage_since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    reason_back: Mapped[str] = mapped_column(Text, nullable=False, default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship()
    former_owner: Mapped[Staff] = relationship(foreign_keys=[former_owner_id])
    receiver: Mapped[Staff] = relationship(foreign_keys=[receiver_id])
    acting: Mapped[Account | None] = relationship(foreign_keys=[acting_id])
    created_by: Mapped[Account] = relationship(foreign_keys=[created_by_id])

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to act."""
        return self.stage in OPEN_STAGES

    @property
    def name_of_customer(self) -> str:
        """Return the customer's name; after the customer's deletion the name it then had."""
        return self.customer_name or self.customer.name

    @property
    def name(self) -> str:
        """Its customer, as pages name it."""
        return self.name_of_customer

    def prepare(self, by_id: int | None) -> None:
        """``preparation → review``; nobody prepared one without open business (HAND-1, HAND-4)."""
        self.stage, self.prepared_by_id, self.reason_back = REVIEW, by_id, ""

    def approve(self, by_id: int) -> None:
        """``review → confirmation`` (HAND-5)."""
        self.stage, self.approved_by_id, self.reason_back = CONFIRMATION, by_id, ""

    def send_back(self, reason: str) -> None:
        """``review → preparation`` (HAND-5)."""
        self.stage, self.prepared_by_id, self.reason_back = PREPARATION, None, reason

    def decline(self, reason: str) -> None:
        """``confirmation → review``: the receiver does not take the customer (HAND-6)."""
        self.stage, self.approved_by_id, self.reason_back = REVIEW, None, reason

    def confirm(self, moment: datetime) -> None:
        """``confirmation → completed`` (HAND-6)."""
        self.stage, self.ended_at = COMPLETED, moment
        self.acting = self.acting_id = None

    def cancel(self, reason: str, moment: datetime) -> None:
        """Any open stage ``→ cancelled`` (HAND-9)."""
        self.stage, self.ended_at, self.reason_back = CANCELLED, moment, reason
        self.acting = self.acting_id = None

    def give_to(self, receiver: Staff) -> None:
        """Name another receiver (HAND-9)."""
        self.receiver, self.receiver_id = receiver, receiver.id

    def wait_for(self, account: Account | None, moment: datetime) -> None:
        """Note who acts next, from this moment on (HAND-7)."""
        self.acting, self.acting_id = account, account.id if account else None
        self.stage_since, self.reminded_at = moment, None

    def keep_name(self) -> None:
        """Keep the customer's name before the customer's personal data is erased (CUST-22)."""
        self.customer_name = self.customer.name


class HandoverItem(Model):
    """Something to pass on, with the facts as they were when the checklist was made (HAND-2).

    ``message`` is an English msgid and ``parameters`` its facts: each reader reads it in their language.
    """

    __tablename__ = "handover_item"
    __table_args__ = (
        one_of("kind", ITEM_KIND.codes),
        CheckConstraint("done = (done_at IS NOT NULL)", name="done"),
        Index("ix_handover_item_handover", "handover_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id", ondelete="CASCADE"), nullable=False)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    message: Mapped[str] = mapped_column(Text, nullable=False)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
    note: Mapped[str | None] = mapped_column(Text)
    done: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def description(self) -> str:
        """What is to be passed on, in the reader's language."""
        text_ = gettext(self.message)
        return text_ % self.parameters if self.parameters else text_

    def mark(self, *, done: bool, by_id: int, moment: datetime) -> None:
        """Mark it as done, or as open again."""
        self.done = done
        self.done_at, self.done_by_id = (moment, by_id) if done else (None, None)

    def forget_words(self) -> None:
        """Remove what people wrote, and the facts of a customer whose data is erased."""
        self.message, self.parameters, self.note = "—", {}, None
