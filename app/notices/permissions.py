"""Permissions on notifications, to-dos and outgoing messages (PLAT-2, PLAT-3)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class NotificationPermission(Permission, resource="Notification"):
    """Functions on notifications."""

    READ = "read"
    MARK_READ = "mark_read"


class TodoPermission(Permission, resource="Todo"):
    """Functions on todos."""

    READ = "read"
    COMPLETE = "complete"


class OutgoingMessagePermission(Permission, resource="OutgoingMessage"):
    """Functions on outgoing messages."""

    READ = "read"
    SEND_AGAIN = "send_again"
