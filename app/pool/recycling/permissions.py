"""Permissions on recycling and its rules (POOL-19)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class RecyclingRulePermission(Permission, resource="RecyclingRule"):
    """Functions on the rules of recycling."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REHEARSE = "rehearse"
