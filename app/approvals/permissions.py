"""Permissions on requests, and on customers for which they are filed (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class ApprovalPermission(Permission, resource="Approval"):
    """Functions on requests; who decides on one is said by its flow."""

    READ = "read"
    CREATE = "create"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class RequestPermission(Permission, resource="Customer"):
    """Requests that are filed on the customer's page."""

    REQUEST_STAGE = "request_stage"
    REQUEST_CREDIT = "request_credit"
