"""Permissions on customers and their follow-ups (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class CustomerPermission(Permission, resource="Customer"):
    """Functions on customers."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    FOLLOW_UP = "follow_up"
    REVEAL_PHONE = "reveal_phone"
    CHANGE_PHONE = "change_phone"
    ADD_FILES = "add_files"
    REMOVE_FILE = "remove_file"
    ADD_MEMBER = "add_member"
    REMOVE_MEMBER = "remove_member"
    JOIN_GROUP = "join_group"
    LEAVE_GROUP = "leave_group"
    TRANSFER = "transfer"
    TAG = "tag"
    CATEGORIZE = "categorize"


class FollowUpPermission(Permission, resource="FollowUp"):
    """Functions on follow ups."""

    READ = "read"
