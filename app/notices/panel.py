"""The panel below the bell (OFF-9): the newest notifications and the next to-dos, each with its deed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import url_for

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.pages.operations import operation_button
from app.notices.addresses import address_of_notice
from app.notices.deeds import DeedButton, deeds_of
from app.notices.models import Notification, Todo
from app.notices.operations import COMPLETE
from app.notices.permissions import TodoPermission
from app.notices.queries import visible_notifications, visible_todos

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.kernel.access.actor import Actor


MOST_NOTICES = 15
MOST_TODOS = 3


@dataclass(frozen=True)
class PanelLine:
    """A line: its text, where it leads, and what can be done about it."""

    title: str
    body: str
    moment: datetime
    url: str
    read_url: str = ""  # marks it as read; empty where it is
    is_late: bool = False
    deeds: Sequence[DeedButton] = field(default_factory=tuple)

    @property
    def refusal(self) -> str:
        """Why nothing can be done any more; empty while something can."""
        reasons = [one.button.reason for one in self.deeds]
        return reasons[0] if reasons and all(reasons) else ""


def notice_lines(actor: Actor) -> list[PanelLine]:
    """Return the actor's newest notifications."""
    newest = visible_notifications(actor).order_by(Notification.created_at.desc(), Notification.id.desc())
    notices = db.session.scalars(newest.limit(MOST_NOTICES)).all()
    deeds = deeds_of(notices, actor)
    return [
        PanelLine(
            title=one.title,
            body=one.body,
            moment=one.created_at,
            url=address_of_notice(one),
            read_url="" if one.read_at else url_for("NotificationView.open_one", pk=one.id),
            deeds=deeds.get((one.record_type or "", one.record_id or 0), ()),
        )
        for one in notices
    ]


def todo_lines(actor: Actor) -> list[PanelLine]:
    """Return the actor's open to-dos that are due by the end of today, the earliest first."""
    if not actor.may(TodoPermission.READ):
        return []
    today = clock.end_of_day(clock.today())
    due = (
        visible_todos(actor)
        .where(Todo.state == "open", Todo.due_at < today)
        .order_by(Todo.due_at, Todo.id)
        .limit(MOST_TODOS)
    )
    now = clock.now()
    return [
        PanelLine(
            title=todo.title,
            body="",
            moment=todo.due_at,
            url=f"/customers/{todo.customer_id}" if todo.customer_id else "",
            is_late=todo.due_at < now,
            deeds=_done_button(todo, actor),
        )
        for todo in db.session.scalars(due)
    ]


def _done_button(todo: Todo, actor: Actor) -> list[DeedButton]:
    if not actor.may(TodoPermission.COMPLETE):
        return []
    return [
        DeedButton(
            operation_button("TodoView", COMPLETE, todo, COMPLETE.policy(actor, todo, None)), at_once=True
        )
    ]
