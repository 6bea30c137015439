"""Addresses of the records that notifications link to: contexts register the pages of their records
(CH-36).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.notices.models import Notification


_pages: dict[str, Callable[[int], str]] = {}


def register_record_page(record_type: str, address: Callable[[int], str]) -> None:
    """Register the page of a kind of record: ``address(pk)``, empty where the person may not open it."""
    _pages[record_type] = address


def address_of_notice(notice: Notification) -> str:
    """Return the back office's page of the notification's record; empty where there is none."""
    if notice.customer_id:
        return f"/customers/{notice.customer_id}"
    find = _pages.get(notice.record_type or "")
    return find(notice.record_id) if find and notice.record_id is not None else ""
