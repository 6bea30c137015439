"""Small counts beside menu entries and in ``/me``: contexts register subqueries, one statement reads all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select

from app.kernel.db import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.actor import Actor

_registered: dict[str, Callable[[Actor], Any]] = {}

# Named by the API contract; a context that is not there yet counts nothing.
NAMES = ("collisions", "broker_reviews", "approvals", "pushes", "handovers", "notifications", "todos")


def badge(name: str, subquery: Callable[[Actor], Any]) -> None:
    """Register a count: ``subquery(actor)`` answers a scalar subquery."""
    _registered[name] = subquery


def read_badges(actor: Actor) -> dict[str, int]:
    """All counts of a person, in one statement."""
    columns = [
        (_registered[name](actor) if name in _registered else literal(0)).label(name) for name in NAMES
    ]
    return dict(db.session.execute(select(*columns)).one()._mapping)
