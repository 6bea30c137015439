"""Permissions on the statistics of customers."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CustomerStatisticsPermission(Permission, resource="CustomerStatistics"):
    """Functions on the statistics."""

    READ = "read"
    EXPORT = "export"
