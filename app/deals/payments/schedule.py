"""Splitting an amount into instalments, and their due days (CUST-16)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

MOST_PARTS = 120
_MONTHS = 12


def split_evenly(total: Decimal, parts: int, unit: Decimal) -> list[Decimal]:
    """Split an amount into equal parts, rounded down to the smallest unit; the last takes the rest.

    :raises ValueError: where a part would be 0.
    """
    part = total / parts // unit * unit
    if part <= 0:
        raise ValueError(parts)
    return [part] * (parts - 1) + [total - part * (parts - 1)]


def due_days(first: date, parts: int, months: int) -> list[date]:
    """Return the due days, so many months apart; each is the wished day, or the last of a shorter month."""
    return [_later(first, place * months) for place in range(parts)]


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * _MONTHS + first.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
