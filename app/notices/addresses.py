"""Where a notification leads: contexts join with the pages of their records (CH-36)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.notices.models import Notification


_pages: dict[str, Callable[[int], str]] = {}


def register_record_page(record_type: str, address: Callable[[int], str]) -> None:
    """Say where the page of such a record is: ``address(pk)``, empty where it is not for the person."""
    _pages[record_type] = address


def address_of_notice(notice: Notification) -> str:
    """The page in the back office of what the notice is about; nothing where there is none."""
    if notice.customer_id:
        return f"/customers/{notice.customer_id}"
    find = _pages.get(notice.record_type or "")
    return find(notice.record_id) if find and notice.record_id is not None else ""
