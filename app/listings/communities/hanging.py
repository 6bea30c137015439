"""What subjects above communities do when one moves into another district; they join in ``setup.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.listings.communities.models import Community

_moved: list[Callable[[Community], None]] = []


def on_moved(step: Callable[[Community], None]) -> None:
    """Declare what happens, in the same transaction, once a community lies in another district."""
    if step not in _moved:
        _moved.append(step)


def community_moved(community: Community) -> None:
    """Run the declared steps."""
    for step in _moved:
        step(community)
