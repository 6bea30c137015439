"""Permissions on categories (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CategoryPermission(Permission, resource="Category"):
    """Functions on categories; putting customers into them is a function on customers."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    DELETE = "delete"
