"""Small counts beside menu entries and in ``/me``: contexts register subqueries, one statement reads them
all.
"""

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


def declare_badges(*names: str) -> None:
    """Name the counts that the API's contract promises; a count that no context registers is 0."""
    _promised.update(dict.fromkeys(names))


def badge(name: str, subquery: Callable[[Actor], Any]) -> None:
    """Register a count: ``subquery(actor)`` returns a scalar subquery of what the actor may see.  It depends
    on the actor only; a time is passed as a bind parameter with a callable.
    """
    _registered[name] = subquery


def check_badges() -> None:
    """Refuse counts that the contract does not name; runs once all contexts have registered theirs.

    :raises LookupError: for a name outside the contract: its count would reach no page.
    """
    unknown = set(_registered) - set(_promised)
    if unknown:
        raise LookupError(sorted(unknown))


def count_badges(actor: Actor) -> dict[str, int]:
    """Return all counts of an actor, read in one statement."""
    return dict(db.session.execute(_all_of(actor)).one()._mapping)


def current_badges(actor: Actor) -> dict[str, int]:
    """Return all counts of the signed-in user, read once per request: the top bar and pages show the same."""
    if "badges" not in g:
        g.badges = count_badges(actor)
    found: dict[str, int] = g.badges
    return found


@cached_per_actor
def badge_columns(actor: Actor) -> list[Any]:
    """Return the counts as labelled columns, for a statement that reads more than them."""
    return [
        (_registered[name](actor) if name in _registered else literal(0)).label(name) for name in _promised
    ]


@cached_per_actor
def _all_of(actor: Actor) -> Select[Any]:
    return scoped(select(*badge_columns(actor)))
