"""Permissions on the ledger of look-ups (ACC-17)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class NumberLookupPermission(Permission, resource="NumberLookup"):
    """Functions on the ledger of look-ups."""

    READ = "read"
    EXPORT = "export"
