"""Telling people, and giving them things to do: rows in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, update

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import conflict
from app.kernel.translation import N_
from app.notices.models import Notification, Todo
from app.notices.queries import visible_todos

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from app.kernel.access.actor import Actor


def notify(
    recipient_id: int, message: str, *, customer_id: int | None = None, body: str = "", **parameters: Any
) -> Notification:
    """Put a notification into somebody's inbox.  ``message`` is an English msgid, marked with ``N_``."""
    made = Notification(
        recipient_id=recipient_id,
        customer_id=customer_id,
        message=message,
        parameters={key: str(value) for key, value in parameters.items()},
        body=body,
        created_at=clock.now(),
    )
    db.session.add(made)
    return made


def notify_many(message: str, recipients: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Tell many people the same sentence at once, each with parameters of their own."""
    moment = clock.now()
    rows = [
        {
            "recipient_id": recipient_id,
            "message": message,
            "parameters": {key: str(value) for key, value in parameters.items()},
            "body": "",
            "created_at": moment,
        }
        for recipient_id, parameters in recipients
    ]
    if rows:
        db.session.execute(insert(Notification), rows)


def add_todo(
    assignee_id: int, message: str, *, due_at: datetime, customer_id: int | None = None, **parameters: Any
) -> Todo:
    """Give somebody a to-do.  ``message`` is an English msgid, marked with ``N_``."""
    made = Todo(
        assignee_id=assignee_id,
        customer_id=customer_id,
        message=message,
        parameters={key: str(value) for key, value in parameters.items()},
        due_at=due_at,
        state="open",
        created_at=clock.now(),
    )
    db.session.add(made)
    return made


@transactional
def complete_todo(pk: int, *, actor: Actor) -> Todo:
    """Tick off one's own to-do (PLAT-3).

    :raises NotFound: when it is somebody else's.
    :raises Denied: ``todo.done`` when it was done before.
    """
    todo: Todo = get_one(visible_todos(actor).where(Todo.id == pk), lock=True)
    if todo.state == "done":
        conflict("todo.done", _("This to-do was done before")).enforce()
    todo.complete(clock.now())
    audit.record(actor, "todo.complete", todo, N_("To-do completed"))
    return todo


@transactional
def mark_read(*, actor: Actor, pk: int | None = None) -> int:
    """Mark one or all of one's notifications as read.  Answers how many were unread."""
    statement = (
        update(Notification)
        .where(Notification.recipient_id == actor.id, Notification.read_at.is_(None))
        .values(read_at=clock.now())
    )
    if pk is not None:
        statement = statement.where(Notification.id == pk)
    return len(db.session.scalars(statement.returning(Notification.id)).all())
