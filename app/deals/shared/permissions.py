"""Permissions on business records, one enumeration per resource (ACC-16)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class OpportunityPermission(Permission, resource="Opportunity"):
    """Functions on opportunities."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    WIN = "win"
    LOSE = "lose"
    REOPEN = "reopen"


class QuotePermission(Permission, resource="Quote"):
    """Functions on quotes."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    SEND = "send"
    ACCEPT = "accept"
    REFUSE = "refuse"
    REOPEN = "reopen"


class TicketPermission(Permission, resource="Ticket"):
    """Functions on service tickets."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    UPDATE = "update"
    WAIT = "wait"
    SOLVE = "solve"
    CLOSE = "close"
    REOPEN = "reopen"
