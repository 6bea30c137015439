"""The only source of the current time.

Everything stored is UTC and aware; days are days in Asia/Shanghai, the users' time zone.
Tests move the clock with :func:`frozen`.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL = ZoneInfo("Asia/Shanghai")

_fixed: datetime | None = None


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _fixed or datetime.now(UTC)


def today() -> date:
    """Return the current day in Asia/Shanghai."""
    return now().astimezone(LOCAL).date()


def start_of_day(day: date | None = None) -> datetime:
    """Return the first moment (UTC) of a Shanghai day, today by default."""
    day = day or today()
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the first moment (UTC) after a Shanghai day."""
    return start_of_day(day + timedelta(days=1))


def to_local(moment: datetime) -> datetime:
    """Return the moment in the users' time zone."""
    return moment.astimezone(LOCAL)


def from_local(naive: datetime) -> datetime:
    """Return a local time typed by a user as an aware UTC moment."""
    return naive.replace(tzinfo=LOCAL).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (for tests and deterministic demo data)."""
    global _fixed  # noqa: PLW0603 - one process-wide clock is the point
    before, _fixed = _fixed, moment.astimezone(UTC)
    try:
        yield
    finally:
        _fixed = before
