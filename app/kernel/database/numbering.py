"""Codes by day: a prefix, the Shanghai day and a sequence that grows past four digits (CUST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, String
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database.session import Model, db, is_postgres

if TYPE_CHECKING:
    from datetime import date


class DailySequence(Model):
    """The last number given out for a prefix on a day."""

    __tablename__ = "daily_sequence"
    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, nullable=False)


def next_code(prefix: str) -> str:
    """The next code, e.g. ``CUS202601310001``.  Concurrent callers get different ones; gaps may appear."""
    day = day_of(clock.today())
    insert = postgres_insert if is_postgres() else sqlite_insert
    statement = (
        insert(DailySequence)
        .values(prefix=prefix, day=day, value=1)
        .on_conflict_do_update(
            index_elements=["prefix", "day"], set_={"value": DailySequence.__table__.c.value + 1}
        )
        .returning(DailySequence.value)
    )
    value = db.session.execute(statement).scalar_one()
    return code_of(prefix, day, value)


def day_of(day: date) -> str:
    """A day as codes write it."""
    return day.strftime("%Y%m%d")


def code_of(prefix: str, day: str, value: int) -> str:
    """A code's written form."""
    return f"{prefix}{day}{value:04d}"
