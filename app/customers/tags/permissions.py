"""Permissions on tags (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class TagPermission(Permission, resource="Tag"):
    """Functions on tags; putting them on customers is a function on customers."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    DELETE = "delete"
