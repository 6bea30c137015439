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


class PoolEntryPermission(Permission, resource="PoolEntry"):
    """Functions on the record of the public pool."""

    READ = "read"


class PoolPermission(Permission, resource="Customer"):
    """The pool's operations on customers."""

    UNSHELVE = "unshelve"
    SHELVE = "shelve"
    PRIVATIZE = "privatize"
    PUBLICIZE = "publicize"
    ASSIGN = "assign"
    PUSH = "push"
    RECYCLE = "recycle"
    CLAIM = "claim"
    ASSIGN_FROM_POOL = "assign_from_pool"
