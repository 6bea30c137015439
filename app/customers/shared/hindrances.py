"""Why a customer must stay with its owner (POOL-19): a contract in force, an open handover or request.

Those belong to contexts above, which join them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.kernel.errors import Sentence

    # ids of customers → the reason, of those that stay
    Hindrance = Callable[[Sequence[int]], Mapping[int, Sentence]]

_joined: list[Hindrance] = []
_holds: list[Hindrance] = []


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


def join_hold(hold: Hindrance) -> None:
    """Add a reason that also forbids to transfer the customer (HAND-1); contexts do so while they load."""
    if hold not in _holds:
        _holds.append(hold)


def holds_of(ids: Sequence[int]) -> dict[int, Sentence]:
    """Return the customers among these that nobody may transfer, each with its first reason."""
    found: dict[int, Sentence] = {}
    for hold in _holds:
        found = {**hold(ids), **found}
    return found
