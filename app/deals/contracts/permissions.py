"""Permissions on contracts (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class ContractPermission(Permission, resource="Contract"):
    """Functions on contracts."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    SIGN = "sign"
    END = "end"
    VOID = "void"
    REOPEN = "reopen"
