"""Permissions on the workbench (PLAT-8)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class WorkbenchPermission(Permission, resource="Workbench"):
    """Functions on the workbench."""

    READ = "read"
