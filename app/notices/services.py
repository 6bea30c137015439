"""Services of notifications and to-dos: rows in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.audit.undo.journal import note_unloaded
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices.choices.kinds import CUSTOMER, OTHER
from app.notices.models import Notification, Todo
from app.notices.policies import can_complete_todo
from app.notices.queries import visible_todos

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Update

    from app.kernel.access.actor import Actor


def notify(
    recipient_id: int,
    message: str,
    *,
    customer_id: int | None = None,
    about: Any = None,
    body: str = "",
    kind: str = "",
    **parameters: Any,
) -> Notification:
    """Put a notification into a person's inbox. ``message`` is an English msgid, marked with ``N_``;
    ``about`` is the stored record that it is about, and links to where no customer is named; ``kind`` is what
    its recipient chooses channels for, by default the kind of that record (OFF-10).
    """
    made = Notification(
        recipient_id=recipient_id,
        customer_id=customer_id,
        **_named(about),
        kind=kind or _kind_of(about, customer_id),
        message=message,
        parameters={key: str(value) for key, value in parameters.items()},
        body=body,
        created_at=clock.now(),
    )
    db.session.add(made)
    return made


def _named(about: Any) -> dict[str, Any]:
    if about is None:
        return {"record_type": None, "record_id": None}
    return {"record_type": about.__audit__, "record_id": about.id}


def _kind_of(about: Any, customer_id: int | None) -> str:
    if about is not None:
        return str(about.__audit__)
    return CUSTOMER if customer_id is not None else OTHER


def notify_many(message: str, recipients: Iterable[tuple[int, Mapping[str, Any], Any]]) -> None:
    """Notify many people with the same sentence at once, each with parameters and a record of their own."""
    moment = clock.now()
    rows = [
        {
            "recipient_id": recipient_id,
            "message": message,
            "parameters": {key: str(value) for key, value in parameters.items()},
            "kind": _kind_of(about, None),
            "body": "",
            "created_at": moment,
            **_named(about),
        }
        for recipient_id, parameters, about in recipients
    ]
    if rows:
        db.session.execute(insert(Notification), rows)


def add_todo(
    assignee_id: int, message: str, *, due_at: datetime, customer_id: int | None = None, **parameters: Any
) -> Todo:
    """Give a person a to-do.  ``message`` is an English msgid, marked with ``N_``."""
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


def hand_over_todos(customer_id: int, former_id: int, receiver_id: int) -> None:
    """Move the open to-dos of a customer from the former responsible person to the present one (CUST-32)."""
    _change(_open_todos([customer_id], former_id), {"assignee_id": former_id}, {"assignee_id": receiver_id})


def close_todos(customer_ids: Collection[int], *, assignee_id: int | None = None, message: str = "") -> None:
    """Close open to-dos of customers: those of all people or of one, all or those with this text
    (CUST-32).
    """
    closing = _open_todos(customer_ids, assignee_id)
    if message:
        closing = closing.where(Todo.message == message)
    _change(closing, {"state": "open", "done_at": None}, {"state": "done", "done_at": clock.now()})


def finish_todo(pk: int | None) -> None:
    """Close one to-do, whose record keeps its id, because what it asks for is done; None: there is none."""
    if pk is not None:
        db.session.flush()
        closing = update(Todo).where(Todo.id == pk, Todo.state == "open")
        _change(closing, {"state": "open", "done_at": None}, {"state": "done", "done_at": clock.now()})


def reassign_todos(pks: Collection[int], receiver_id: int) -> None:
    """Give open to-dos, whose records keep their ids, to another person (CUST-32)."""
    if pks:
        db.session.flush()
        open_ones = update(Todo).where(id_in(Todo.id, pks), Todo.state == "open")
        db.session.execute(
            open_ones.values(assignee_id=receiver_id).execution_options(synchronize_session=False)
        )


def next_todo_due(customer_id: int, message: str) -> datetime | None:
    """Return the due time of the customer's next open to-do with this text."""
    found = select(func.min(Todo.due_at)).where(
        Todo.customer_id == customer_id, Todo.state == "open", Todo.message == message
    )
    return db.session.scalar(found)


def _open_todos(customer_ids: Collection[int], assignee_id: int | None) -> Update:
    db.session.flush()
    found = update(Todo).where(id_in(Todo.customer_id, customer_ids), Todo.state == "open")
    return found if assignee_id is None else found.where(Todo.assignee_id == assignee_id)


def _change(statement: Update, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Change to-dos without loading them; where the operation can be undone, they can be put back."""
    changing = statement.values(**after).returning(Todo.id, Todo.customer_id)
    changed = db.session.execute(changing.execution_options(synchronize_session=False))
    note_unloaded(Todo, [(pk, owner) for pk, owner in changed], dict(before), dict(after))


def take_back(notice: Notification, record: Any, actor: Actor) -> None:
    """Take back the notice of an operation that was undone: it is withdrawn while it is unread, otherwise
    another one follows (OFF-3).
    """
    if notice.read_at is None:
        db.session.delete(notice)
    elif notice.recipient_id != actor.id:
        notify(
            notice.recipient_id,
            N_("%(who)s undid it at once: %(name)s is as it was"),
            customer_id=notice.customer_id,
            who=actor.name,
            name=record.name,
        )


@transactional
def complete_todo(pk: int, *, actor: Actor) -> Todo:
    """Complete the actor's own to-do (PLAT-3).

    :raises NotFound: when it belongs to another person.
    :raises Denied: ``todo.done`` when it was already done.
    """
    mine = visible_todos(actor).where(Todo.id == pk).options(joinedload(Todo.customer))
    todo: Todo = get_one(mine, lock=True)
    can_complete_todo(actor, todo).enforce()
    todo.complete(clock.now())
    audit.record(actor, "todo.complete", todo, N_("To-do completed"))
    return todo


@transactional
def mark_read(*, actor: Actor, pk: int | None = None) -> int:
    """Mark one or all of the actor's notifications as read.  Return the number that were unread."""
    statement = (
        update(Notification)
        .where(Notification.recipient_id == actor.id, Notification.read_at.is_(None))
        .values(read_at=clock.now())
    )
    if pk is not None:
        statement = statement.where(Notification.id == pk)
    return len(db.session.scalars(statement.returning(Notification.id)).all())
