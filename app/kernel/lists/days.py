"""Days and moments that a list is asked for, and the conditions that they become."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from app.kernel import clock

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)


def day_or_moment(raw: str) -> date | None:
    """Parse a day, or a moment with its offset (whose plus sign may have become a blank in an address).

    :raises ValueError: for anything else.
    """
    if not raw:
        return None
    if "T" in raw:
        found: date = datetime.fromisoformat(raw.replace(" ", "+"))
    else:
        found = date.fromisoformat(raw)
    aware = not isinstance(found, datetime) or found.tzinfo is not None
    if not (aware and _EARLIEST <= date(found.year, found.month, found.day) <= _LATEST):
        raise ValueError(raw)
    return found


def within(column: Any, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a moment lies between two days or moments, both included."""
    found: list[ColumnElement[bool]] = []
    if first:
        found.append(column >= (first if isinstance(first, datetime) else clock.start_of_day(first)))
    if isinstance(last, datetime):
        found.append(column <= last)
    elif last:
        found.append(column < clock.end_of_day(last))
    return found
