"""The version of the organisation: actors built before a change are built again."""

from __future__ import annotations

from app.kernel.database.cache import invalidate, stored_version


def org_version() -> int:
    """The present version of the organisation."""
    return stored_version()


def invalidate_actors() -> None:
    """Say that departments, staff, roles or permissions changed: every actor is built anew."""
    invalidate()
