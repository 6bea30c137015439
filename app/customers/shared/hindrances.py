"""Why a customer must stay with its owner (POOL-19): a contract in force, an open handover or request.

Those belong to contexts above, which join them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.errors import Sentence

    Hold = Callable[[], Select[Any]]
    # ids of customers → the reason, of those that stay
    Hindrance = Callable[[Sequence[int]], Mapping[int, Sentence]]

_joined: list[Hindrance] = []
_holds: list[Hold] = []


def join_hindrance(hindrance: Hindrance) -> None:
    """Add a reason to stay; contexts do so while they are loaded."""
    if hindrance not in _joined:
        _joined.append(hindrance)


def hindrances_of(ids: Sequence[int]) -> dict[int, Sentence]:
    """Return the customers among these that must stay with their owner, each with its first reason."""
    found: dict[int, Sentence] = {}
    for hindrance in _joined:
        found = {**hindrance(ids), **found}
    return found


def join_hold(hold: Hold) -> None:
    """Add a statement of the ids of customers that are also not transferred meanwhile (HAND-1)."""
    if hold not in _holds:
        _holds.append(hold)


def held_customers() -> list[Select[Any]]:
    """Return the statements of the ids of customers that nobody may transfer now."""
    return [hold() for hold in _holds]
