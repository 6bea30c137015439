"""Permissions on handovers (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class HandoverPermission(Permission, resource="Handover"):
    """Functions on handovers."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    ADD_ITEM = "add_item"
    COMPLETE_PREPARATION = "complete_preparation"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    DECLINE = "decline"
    CHANGE_RECEIVER = "change_receiver"
    CANCEL = "cancel"


class StartHandoverPermission(Permission, resource="Customer"):
    """The operation on a customer that starts a handover."""

    START_HANDOVER = "start_handover"
