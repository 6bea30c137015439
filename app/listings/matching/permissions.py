"""Permissions of matching, on customers (LST-2, LST-3)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class MatchPermission(Permission, resource="Customer"):
    """Functions of matching on customers."""

    SET_MUSTS = "set_musts"
    JUDGE_LISTING = "judge_listing"
