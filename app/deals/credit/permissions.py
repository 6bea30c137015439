"""Permissions on a customer's credit (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CreditPermission(Permission, resource="Customer"):
    """Functions of credit on customers."""

    SET_CREDIT = "set_credit"
