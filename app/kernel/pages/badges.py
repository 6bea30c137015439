"""Small counts beside menu entries and in ``/me``: contexts register subqueries, one statement reads all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g
from sqlalchemy import literal, select

from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


_registered: dict[str, Callable[[Actor], Any]] = {}
_promised: dict[str, None] = {}  # names, in order


def promise_badges(*names: str) -> None:
    """Name the counts that the API's contract promises; one whose context is not there yet counts nothing."""
    _promised.update(dict.fromkeys(names))


def badge(name: str, subquery: Callable[[Actor], Any]) -> None:
    """Register a count: ``subquery(actor)`` answers a scalar subquery of what the person may see; it depends
    on the person only; a time comes in as a bind parameter with a callable.
    """
    _registered[name] = subquery


def check_badges() -> None:
    """Refuse counts that nobody promised; once all contexts have registered theirs.

    :raises LookupError: for a name outside the contract: its count would reach no page.
    """
    unknown = set(_registered) - set(_promised)
    if unknown:
        raise LookupError(sorted(unknown))


def count_badges(actor: Actor) -> dict[str, int]:
    """All counts of a person, in one statement."""
    return dict(db.session.execute(_all_of(actor)).one()._mapping)


def current_badges(actor: Actor) -> dict[str, int]:
    """All counts of the signed-in person, read once a request: the top bar and pages show the same."""
    if "badges" not in g:
        g.badges = count_badges(actor)
    found: dict[str, int] = g.badges
    return found


@cached_per_actor
def _all_of(actor: Actor) -> Select[Any]:
    columns = [
        (_registered[name](actor) if name in _registered else literal(0)).label(name) for name in _promised
    ]
    return scoped(select(*columns))
