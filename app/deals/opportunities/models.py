"""The table of opportunities (CUST-16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.deals.opportunities.choices import LOST, OPEN, STAGE, STATUS, WON
from app.deals.shared.currencies import CODE_LENGTH, DEFAULT
from app.deals.shared.models import BusinessRecord, record_indexes
from app.kernel.database.columns import UtcDateTime, code_type, one_of


class Opportunity(BusinessRecord):
    """What a customer may buy: an amount, the stage that tells how likely, and the day it is expected.

    A lost one has a reason; ``closed_at`` is when it was won or lost.
    """

    __tablename__ = "opportunity"
    __audit__ = "opportunity"
    __table_args__ = (
        one_of("status", STATUS.codes),
        one_of("stage", STAGE.codes),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("(status = 'lost') = (lost_reason IS NOT NULL)", name="reason_of_lost"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
        *record_indexes(
            "opportunity", ("expected_on",), ("amount",), ("stage", "created_at"), ("currency", "created_at")
        ),
        Index("ix_opportunity_board", "status", "stage", "created_at", "id"),
        {"info": {"guarded": True}},
    )

    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    currency: Mapped[str] = mapped_column(String(CODE_LENGTH), nullable=False, default=DEFAULT)
    stage: Mapped[str] = mapped_column(code_type(), nullable=False)
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default=OPEN)
    expected_on: Mapped[date | None] = mapped_column(Date)
    remark: Mapped[str | None] = mapped_column(Text)
    lost_reason: Mapped[str | None] = mapped_column(code_type())
    lost_remark: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_open(self) -> bool:
        """Tell whether it is neither won nor lost."""
        return self.status == OPEN

    def move(self, stage: str) -> None:
        """Move it to another stage."""
        self.stage = stage

    def win(self, moment: datetime) -> None:
        """Mark it as won."""
        self.status, self.closed_at = WON, moment

    def lose(self, reason: str, remark: str | None, moment: datetime) -> None:
        """Mark it as lost, for a reason."""
        self.status, self.closed_at = LOST, moment
        self.lost_reason, self.lost_remark = reason, remark

    def reopen(self) -> None:
        """Take up a won or lost one again, at the stage where it was."""
        self.status, self.closed_at, self.lost_reason, self.lost_remark = OPEN, None, None, None
