"""Permissions on the operation log (PLAT-1)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class OperationLogPermission(Permission, resource="OperationLog"):
    """Functions on the operation log."""

    READ = "read"
    EXPORT = "export"
