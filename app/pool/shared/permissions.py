"""Permissions on pushes, and those of the pool's operations on customers (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class PushPermission(Permission, resource="Push"):
    """Functions on pushes."""

    READ = "read"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    END = "end"


class PoolPermission(Permission, resource="Customer"):
    """The pool's operations on customers."""

    UNSHELVE = "unshelve"
    SHELVE = "shelve"
    PRIVATIZE = "privatize"
    PUBLICIZE = "publicize"
    ASSIGN = "assign"
    PUSH = "push"
