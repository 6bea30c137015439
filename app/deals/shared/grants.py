"""Permissions of the built-in roles on business records (ACC-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.access.permissions import grant
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence

_TO_READ = {"read", "export"}


def grant_records(permissions: type[Permission], label: Sentence) -> None:
    """Grant a kind of records: agents, store managers and sales work on it, finance and auditors read it."""
    reading = [one for one in permissions if one in _TO_READ]
    grant(reading, [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=label)
    grant([one for one in permissions if one not in _TO_READ], CUSTOMER_WORKERS)
