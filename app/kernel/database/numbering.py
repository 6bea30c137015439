"""Codes by day: a prefix, the Shanghai day and a sequence that grows past four digits (CUST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database.records import upsert
from app.kernel.database.session import Model, db

if TYPE_CHECKING:
    from datetime import date


class DailySequence(Model):
    """The last number used for a prefix on a day."""

    __tablename__ = "daily_sequence"
    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, nullable=False)


def next_code(prefix: str) -> str:
    """Return the next code, e.g. ``CUS202601310001``.  Concurrent callers get different ones; gaps may
    appear.
    """
    return next_codes(prefix, 1)[0]


def next_codes(prefix: str, number: int) -> list[str]:
    """Return the next codes, in one statement."""
    day = day_of(clock.today())
    statement = upsert(
        DailySequence,
        {"prefix": prefix, "day": day, "value": number},
        unique=("prefix", "day"),
        changes={"value": DailySequence.__table__.c.value + number},
    )
    last = db.session.execute(statement.returning(DailySequence.value)).scalar_one()
    return [code_of(prefix, day, value) for value in range(last - number + 1, last + 1)]


def day_of(day: date) -> str:
    """Return a day as codes write it."""
    return day.strftime("%Y%m%d")


def code_of(prefix: str, day: str, value: int) -> str:
    """Return a code's written form."""
    return f"{prefix}{day}{value:04d}"
