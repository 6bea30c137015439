"""The permission on the progress of handovers."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class HandoverProgressPermission(Permission, resource="HandoverProgress"):
    """Functions on the progress of handovers."""

    READ = "read"
