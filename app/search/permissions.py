"""Permissions on the global search (PLAT-17)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class SearchPermission(Permission, resource="Search"):
    """Functions of the search."""

    READ = "read"
