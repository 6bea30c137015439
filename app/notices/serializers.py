"""REST API records of notifications and to-dos (PLAT-2, PLAT-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named
from app.notices.models import TODO_STATE

if TYPE_CHECKING:
    from app.notices.models import Notification, Todo


class NotificationRecord(TypedDict):
    """A notification to the caller (PLAT-2)."""

    id: int
    title: str
    body: str
    customer: Named | None
    record_type: str | None
    record_id: int | None
    read_at: Moment | None
    created_at: Moment | None


class TodoRecord(TypedDict):
    """A to-do of the caller (PLAT-3)."""

    id: int
    title: str
    customer: Named | None
    due_at: Moment | None
    state: Annotated[str, TODO_STATE]
    created_at: Moment | None


def notification_record(row: Notification) -> NotificationRecord:
    """Return the API record of a notification."""
    return {
        "id": row.id,
        "title": row.title,
        "body": row.body,
        "customer": named(row.customer),
        "record_type": row.record_type,
        "record_id": row.record_id,
        "read_at": iso(row.read_at),
        "created_at": iso(row.created_at),
    }


def todo_record(row: Todo) -> TodoRecord:
    """Return the API record of a to-do."""
    return {
        "id": row.id,
        "title": row.title,
        "customer": named(row.customer),
        "due_at": iso(row.due_at),
        "state": row.state,
        "created_at": iso(row.created_at),
    }
