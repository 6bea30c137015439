"""Addresses and forms of operations on several customers of the list (OFF-4)."""

from __future__ import annotations

from typing import Any

REMARK = {"remark": "再联系", "follow_status": "following"}


def path(operation: str, *customers: Any, **query: Any) -> str:
    """Return the address of an operation on customers, or on what the query chooses."""
    chosen = {"ids": ".".join(str(one.id) for one in customers)} if customers else {}
    query = "&".join(f"{name}={value}" for name, value in {**chosen, **query}.items())
    return f"/customers/batch/{operation}?{query}"
