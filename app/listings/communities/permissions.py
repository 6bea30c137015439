"""Permissions on communities (LST-0)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CommunityPermission(Permission, resource="Community"):
    """Functions on communities."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
