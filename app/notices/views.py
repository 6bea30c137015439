"""The inbox and the to-dos in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_cell, local_time, tag
from app.kernel.pages.operations import operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.notices import services
from app.notices.addresses import address_of_notice
from app.notices.models import TODO_STATE, Notification, Todo
from app.notices.panel import notice_lines, todo_lines
from app.notices.permissions import NotificationPermission
from app.notices.queries import visible_notifications, visible_todos

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.row_buttons import RowOffer


def _customer_link(record: Notification | Todo) -> Any:
    if record.customer is None:
        return ""
    return Markup('<a href="{}">{}</a>').format(f"/customers/{record.customer_id}", record.customer.name)


class NotificationView(ScopedModelView):
    """The inbox (PLAT-2)."""

    datamodel = SQLAInterface(Notification)
    route_base = "/inbox"
    class_permission_name = "Notification"
    include_route_methods = {"list", "panel", "mark_all_read", "open_one"}
    scope = staticmethod(visible_notifications)
    spec = ListSpec(
        (DateRangeFilter("created", _("Received"), Notification.created_at),),
        {"created_at": Notification.created_at},
        "-created_at",
    )
    list_options = (joinedload(Notification.customer),)
    list_title = _("Inbox")
    empty_text = _("No message yet")
    list_columns = ["title", "state", "customer", "created_at"]
    wide_columns = frozenset({"title"})
    label_columns = {
        "title": _("Message"),
        "state": _("State"),
        "customer": _("Customer"),
        "created_at": _("Received"),
    }
    formatters_columns = {
        "state": lambda n: tag(gettext("Read"), "gray") if n.read_at else tag(gettext("Unread"), "blue"),
        "customer": _customer_link,
    }

    def record_url(self, record: Notification) -> str:
        return address_of_notice(record)

    def list_buttons(self, _actor: Actor) -> list[Button]:
        return [
            Button(
                gettext("Mark all as read"),
                url_for("NotificationView.mark_all_read"),
                "fa-check-double",
                "post",
            )
        ]

    @expose("/panel", methods=["GET"])
    @permitted(NotificationPermission.READ)
    def panel(self) -> str:
        """Return the newest notifications and the next to-dos with their deeds, as a fragment (OFF-9)."""
        actor = current_actor()
        return render_template("notices/panel.html", notices=notice_lines(actor), todos=todo_lines(actor))

    @expose("/read", methods=["POST"])
    @permitted(NotificationPermission.MARK_READ)
    def mark_all_read(self) -> Any:
        """Mark all notifications as read."""
        services.mark_read(actor=current_actor())
        return redirect(url_for("NotificationView.list"), 303)

    @expose("/<int:pk>/read", methods=["POST"])
    @permitted(NotificationPermission.MARK_READ)
    def open_one(self, pk: int) -> Any:
        """Mark one notification as read and redirect to its subject."""
        record = self.get_record(pk, current_actor())
        services.mark_read(actor=current_actor(), pk=pk)
        return redirect(self.record_url(record) or url_for("NotificationView.list"), 303)


def due(todo: Todo) -> Any:
    """Return when a to-do is due; an overdue one is highlighted."""
    if todo.state == "open" and todo.due_at < clock.now():
        return Markup('<span class="u-overdue">{}</span>').format(local_time(todo.due_at))
    return todo.due_at


class TodoView(ScopedModelView):
    """The user's to-dos (PLAT-3)."""

    datamodel = SQLAInterface(Todo)
    route_base = "/todos"
    class_permission_name = "Todo"
    include_route_methods = {"list"}
    scope = staticmethod(visible_todos)
    spec = ListSpec(
        (
            ChoiceFilter("state", _("State"), Todo.state, TODO_STATE),
            DateRangeFilter("due", _("Due"), Todo.due_at),
        ),
        {"due_at": Todo.due_at, "created_at": Todo.created_at},
        "due_at",
    )
    list_options = (joinedload(Todo.customer),)
    list_title = _("To-dos")
    empty_text = _("Nothing to do")
    list_columns = ["title", "state", "customer", "due_at", "created_at"]
    wide_columns = frozenset({"title"})
    label_columns = {
        "title": _("To-do"),
        "state": _("State"),
        "customer": _("Customer"),
        "due_at": _("Due"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "state": code_cell(TODO_STATE, "state"),
        "customer": _customer_link,
        "due_at": due,
    }

    def record_url(self, record: Todo) -> str:
        return f"/customers/{record.customer_id}" if record.customer_id else ""

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return operation_offers(self, actor)
