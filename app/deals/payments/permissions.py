"""Permissions on instalments and receipts (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class PaymentPermission(Permission, resource="Payment"):
    """Functions on instalments."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    RECEIVE = "receive"
    TAKE_BACK = "take_back"


class PlanPermission(Permission, resource="Contract"):
    """The function that splits a contract into instalments."""

    PLAN = "plan"
