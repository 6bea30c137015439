"""Tables of requests and of the people who decide on them (APP-3, APP-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals import choices
from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Account

_OPEN = text("state = 'pending'")
_DECIDED = text("decision IS NOT NULL")


class ApprovalRequest(Model):
    """What somebody asks to change about a customer, and where the request stands (APP-3).

    ``before`` are the values that the request began from, ``proposed`` those that it asks for, both of the
    fields that its kind names. ``levels`` is the flow it began with; ``level`` counts from 1. There is one
    open request for each customer and kind (APP-8).
    """

    __tablename__ = "approval_request"
    __audit__ = "approval"
    __guarded__ = True
    __table_args__ = (
        one_of("kind", choices.KIND.codes),
        one_of("state", choices.STATE.codes),
        CheckConstraint("(state = 'pending') = (closed_at IS NULL)", name="closed"),
        Index(
            "uq_approval_request_open",
            "customer_id",
            "kind",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_approval_request_created", "created_at", "id"),
        Index("ix_approval_request_customer", "customer_id", "created_at", "id"),
        Index("ix_approval_request_requester", "requester_id", "created_at", "id"),
        Index("ix_approval_request_kind", "kind", "created_at", "id"),
        Index("ix_approval_request_state", "state", "created_at", "id"),
        {"info": {"guarded": True}},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default=choices.PENDING)
    level: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    levels: Mapped[list[str]] = mapped_column(JSON, nullable=False)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
    proposed: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    requester_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship()
    requester: Mapped[Account] = relationship()
    steps: Mapped[list[ApprovalStep]] = relationship(
        order_by="ApprovalStep.level, ApprovalStep.id", back_populates="request"
    )

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still decides on it."""
        return self.state == choices.PENDING

    @property
    def is_at_last_level(self) -> bool:
        """Tell whether the next approval applies the change (APP-4)."""
        return self.level >= len(self.levels)

    def go_on(self) -> None:
        """Begin the next level."""
        self.level += 1

    def close(self, state: str, moment: datetime) -> None:
        """End it: approved, rejected, withdrawn or failed."""
        self.state, self.closed_at = state, moment


class ApprovalStep(Model):
    """A person who may decide at a level of a request, and the decision, once it is theirs (APP-5).

    A level is decided once: two approvers at once count once, by a partial unique index.
    """

    __tablename__ = "approval_step"
    __table_args__ = (
        one_of("decision", choices.DECISION.codes),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        Index("uq_approval_step_approver", "request_id", "level", "approver_id", unique=True),
        Index(
            "uq_approval_step_decided",
            "request_id",
            "level",
            unique=True,
            postgresql_where=_DECIDED,
            sqlite_where=_DECIDED,
        ),
        Index("ix_approval_step_approver", "approver_id", "request_id", "level"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), nullable=False)
    level: Mapped[int] = mapped_column(Integer, nullable=False)
    approver_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    decision: Mapped[str | None] = mapped_column(code_type())
    comment: Mapped[str] = mapped_column(Text, nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    request: Mapped[ApprovalRequest] = relationship(back_populates="steps")
    approver: Mapped[Account] = relationship()

    def decide(self, decision: str, comment: str, moment: datetime) -> None:
        """Record the decision of this person, which is the level's."""
        self.decision, self.comment, self.decided_at = decision, comment, moment
