"""The table of service tickets (CUST-16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.deals.shared.models import BusinessRecord, record_indexes
from app.deals.tickets.choices import CLOSED, OPEN, OPEN_STATUSES, PRIORITY, SOLVED, STATUS, WAITING
from app.kernel.database.columns import UtcDateTime, code_type, one_of


class Ticket(BusinessRecord):
    """Something that a customer needs help with; ``due_at`` is when it has to be solved.

    Open are those that are worked on or wait for somebody else; ``ended_at`` is when it was solved or
    closed.
    """

    __tablename__ = "ticket"
    __audit__ = "ticket"
    __table_args__ = (
        one_of("status", STATUS.codes),
        one_of("priority", PRIORITY.codes),
        CheckConstraint("(status IN ('solved', 'closed')) = (ended_at IS NOT NULL)", name="ended"),
        *record_indexes("ticket", ("due_at",), ("kind", "created_at"), ("priority", "created_at")),
        {"info": {"guarded": True}},
    )

    description: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    priority: Mapped[str] = mapped_column(code_type(), nullable=False)
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default=OPEN)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    solution: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be solved."""
        return self.status in OPEN_STATUSES

    def wait(self) -> None:
        """Let it wait for somebody else."""
        self.status = WAITING

    def solve(self, solution: str | None, moment: datetime) -> None:
        """Mark it as solved."""
        self.status, self.ended_at = SOLVED, moment
        self.solution = solution or self.solution

    def close(self, moment: datetime) -> None:
        """Close it; one that was solved keeps the time of its solution."""
        self.status, self.ended_at = CLOSED, self.ended_at or moment

    def reopen(self) -> None:
        """Work on it again."""
        self.status, self.ended_at = OPEN, None

    def forget_words(self) -> None:
        """Remove what people wrote, which may tell of a person whose data is erased."""
        self.title, self.description, self.solution = "—", None, None
