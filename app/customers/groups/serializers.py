"""REST API records of linked customers (``spec/api.md``)."""

from __future__ import annotations

from typing import TypedDict


class LinkedRecord(TypedDict):
    """Another customer of the group that the caller can open (CUST-3)."""

    id: int
    code: str
    name: str


class LinkedList(TypedDict):
    """The others of the group, newest first."""

    items: list[LinkedRecord]
