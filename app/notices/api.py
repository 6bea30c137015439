"""Notifications and to-dos in the REST API."""

from __future__ import annotations

from typing import Any, TypedDict

from flask import Response, jsonify
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.database.records import get_one
from app.kernel.fields.forms import BaseForm, optional
from app.kernel.fields.numbers import WholeField
from app.kernel.lists.filters import ChoiceFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.notices import services
from app.notices.models import TODO_STATE, Notification, Todo
from app.notices.queries import visible_notifications, visible_todos
from app.notices.serializers import NotificationRecord, TodoRecord, notification_record, todo_record


def _customer_filter(column: Any) -> ReferenceFilter:
    return ReferenceFilter("customer_id", _("Customer"), column)


_NOTIFICATIONS = ListSpec(
    (_customer_filter(Notification.customer_id),), {"created_at": Notification.created_at}, "-created_at"
)
_TODOS = ListSpec(
    (_customer_filter(Todo.customer_id), ChoiceFilter("state", _("State"), Todo.state, TODO_STATE)),
    {"created_at": Todo.created_at, "due_at": Todo.due_at},
    "-created_at",
)


class WhichForm(BaseForm):
    """The notification to mark as read; without ``id`` all of them."""

    id = WholeField(_("Message"), optional())


class HowMany(TypedDict):
    """The number of notifications that were unread before."""

    read: int


class NoticeApi(KepanApi):
    """``/notifications`` and ``/todos``: the caller's own."""

    route_base = "/api/v1"
    class_permission_name = "Notice"

    @expose("/notifications", methods=["GET"])
    @endpoint(lists=_NOTIFICATIONS, returns=NotificationRecord)
    def notifications(self) -> Response:
        """Lists the caller's notifications, newest first."""
        return self.list_answer(
            visible_notifications(current_actor()),
            _NOTIFICATIONS,
            lambda rows: [notification_record(row) for row in rows],
            joinedload(Notification.customer),
        )

    @expose("/notifications/<int:pk>", methods=["GET"])
    @endpoint(returns=NotificationRecord)
    def notification(self, pk: int) -> Response:
        """Returns one notification."""
        return jsonify(notification_record(_one(visible_notifications(current_actor()), Notification, pk)))

    @expose("/notifications/read", methods=["POST"])
    @endpoint(takes=WhichForm, returns=HowMany)
    def read(self) -> Response:
        """Marks one notification as read, or all of them if no ``id`` is sent."""
        form = self.body(WhichForm)
        return jsonify(read=services.mark_read(actor=current_actor(), pk=form.id.data))

    @expose("/todos", methods=["GET"])
    @endpoint(lists=_TODOS, returns=TodoRecord)
    def todos(self) -> Response:
        """Lists the caller's to-dos, newest first."""
        return self.list_answer(
            visible_todos(current_actor()),
            _TODOS,
            lambda rows: [todo_record(row) for row in rows],
            joinedload(Todo.customer),
        )

    @expose("/todos/<int:pk>", methods=["GET"])
    @endpoint(returns=TodoRecord)
    def todo(self, pk: int) -> Response:
        """Returns one to-do."""
        return jsonify(todo_record(_one(visible_todos(current_actor()), Todo, pk)))


def _one(statement: Any, model: Any, pk: int) -> Any:
    return get_one(statement.where(model.id == pk).options(joinedload(model.customer)))
