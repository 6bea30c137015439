"""The version of the organisation: actors built before a change are rebuilt."""

from __future__ import annotations

from app.kernel.database.cache import invalidate, stored_version


def org_version() -> int:
    """Return the current version of the organisation."""
    return stored_version()


def invalidate_actors() -> None:
    """Declare that departments, staff, roles or permissions changed: every actor is rebuilt."""
    invalidate()
