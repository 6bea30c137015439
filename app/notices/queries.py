"""Queries of the inbox and the to-dos: all users see their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from app.notices.models import Notification, Todo

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


def visible_notifications(actor: Actor) -> Select[Notification]:
    """Return the actor's own notifications."""
    return select(Notification).where(Notification.recipient_id == actor.id)


def visible_todos(actor: Actor) -> Select[Todo]:
    """Return the actor's own to-dos."""
    return select(Todo).where(Todo.assignee_id == actor.id)


def count_unread(actor: Actor) -> Any:
    """Return the number of the person's unread notifications."""
    return (
        select(func.count())
        .select_from(Notification)
        .where(Notification.recipient_id == actor.id, Notification.read_at.is_(None))
        .scalar_subquery()
    )


def count_open_todos(actor: Actor) -> Any:
    """Return the number of the person's open to-dos."""
    return (
        select(func.count())
        .select_from(Todo)
        .where(Todo.assignee_id == actor.id, Todo.state == "open")
        .scalar_subquery()
    )


def was_notified(message: str, customer_id: Any, recipient_id: Any, *, since: Any) -> ColumnElement[bool]:
    """Return the condition that a notice with this text about a customer was written since a moment, to one
    person or, without a recipient, to any person.  All arguments but the text may be columns of the outer
    statement.
    """
    found = select(Notification.id).where(
        Notification.message == message,
        Notification.customer_id == customer_id,
        Notification.created_at >= since,
    )
    if recipient_id is not None:
        found = found.where(Notification.recipient_id == recipient_id)
    return found.exists()
