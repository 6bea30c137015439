"""Building the :class:`Actor` of a signed-in person (ACC-3 … ACC-5).

An actor is made of many rows and changes rarely: it is kept in the process under the account's session
epoch and the organisation's version, which the statement that loads the account reads along.
"""

from __future__ import annotations

from app.kernel.database.cache import invalidate, stored_version


def org_version() -> int:
    """The present version of the organisation."""
    return stored_version()


def invalidate_actors() -> None:
    """Say that departments, staff, roles or permissions changed: every actor is built anew."""
    invalidate()
