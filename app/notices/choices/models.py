"""Tables of what a person wants to be sent (OFF-10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import UtcDateTime, code_type, one_of
from app.kernel.database.session import Model

CHANNELS = ("email", "sms")


class NoticeChoice(Model):
    """A person gets notifications of this kind by this channel too, since a moment.  Every one is in the
    inbox; without a row it is there only.
    """

    __tablename__ = "notice_choice"
    __table_args__ = (one_of("channel", CHANNELS),)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(code_type(), primary_key=True)
    channel: Mapped[str] = mapped_column(code_type(), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class QuietHours(Model):
    """The hours of the day, in minutes since midnight in Shanghai, in which nothing but what is urgent is
    sent; they may pass midnight.
    """

    __tablename__ = "quiet_hours"
    __table_args__ = (
        CheckConstraint(
            "begins BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439 AND begins <> ends", name="minutes"
        ),
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    begins: Mapped[int] = mapped_column(Integer, nullable=False)
    ends: Mapped[int] = mapped_column(Integer, nullable=False)
