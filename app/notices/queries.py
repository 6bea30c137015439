"""Reading the inbox and the to-dos: everybody sees their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from app.notices.models import Notification, Todo

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def visible_notifications(actor: Actor) -> Select[Notification]:
    """One's own notifications."""
    return select(Notification).where(Notification.recipient_id == actor.id)


def visible_todos(actor: Actor) -> Select[Todo]:
    """One's own to-dos."""
    return select(Todo).where(Todo.assignee_id == actor.id)


def count_unread(actor: Actor) -> Any:
    """How many notifications the person has not read."""
    return (
        select(func.count())
        .select_from(Notification)
        .where(Notification.recipient_id == actor.id, Notification.read_at.is_(None))
        .scalar_subquery()
    )


def count_open_todos(actor: Actor) -> Any:
    """How many to-dos the person has to do."""
    return (
        select(func.count())
        .select_from(Todo)
        .where(Todo.assignee_id == actor.id, Todo.state == "open")
        .scalar_subquery()
    )
