"""Permissions on listings (LST-0)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class ListingPermission(Permission, resource="Listing"):
    """Functions on listings; ``KEEP`` lets a person edit those of colleagues and change their state."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    RESERVE = "reserve"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    OFFER_AGAIN = "offer_again"
    KEEP = "keep"
