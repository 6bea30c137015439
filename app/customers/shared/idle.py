"""The days until an owner loses a customer that nobody follows up (POOL-19), for lists and pages.

The rules belong to the pool, which joins them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import false

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class IdleRules:
    """How long a customer may be left alone.

    ``days_left(customer)`` returns the days until it is recycled, 0 on its last day; None where none is.
    ``within(days)`` matches those that have at most so many days left.
    """

    days_left: Callable[[Any], int | None]
    within: Callable[[int], ColumnElement[bool]]


_joined = [IdleRules(lambda _customer: None, lambda _days: false())]


def join_idle_rules(rules: IdleRules) -> None:
    """Set the rules; the pool does so while the contexts are loaded."""
    _joined[:] = [rules]


def days_left(customer: Any) -> int | None:
    """Return the days until the customer is recycled, None where it is not (POOL-19)."""
    return _joined[0].days_left(customer)


def runs_out_within(days: int) -> ColumnElement[bool]:
    """Match customers that are recycled after at most so many days (POOL-19)."""
    return _joined[0].within(days)
