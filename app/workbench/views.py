"""The workbench (PLAT-8): to-dos, messages and figures of one's own scope, each leading to its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import format_date, gettext
from sqlalchemy.orm import joinedload

from app.customers.choices import FOLLOW_STATUS
from app.customers.models import Customer
from app.customers.queries import (
    PEOPLE,
    off_shelf_customers,
    pending_customers,
    personal_customers,
    private_customers,
)
from app.customers.queries import visible_customers as visible
from app.kernel import clock
from app.kernel.current import current_actor
from app.kernel.db import db
from app.kernel.grants import EVERYBODY, grant
from app.kernel.lists import count_up_to
from app.kernel.pages import Button, code_tag, local_time
from app.kernel.views import permitted
from app.notices.models import Notification, Todo
from app.notices.queries import visible_notifications, visible_todos

if TYPE_CHECKING:
    from app.kernel.actor import Actor

grant("Workbench", ["read"], EVERYBODY)
LATEST = 6
COUNT_LIMIT = 9999


@dataclass(frozen=True)
class Figure:
    """A number that leads to its list."""

    label: str
    value: str
    unit: str
    url: str
    icon: str
    tone: str


class WorkbenchView(BaseView):
    """``/``."""

    route_base = ""
    default_view = "index"
    class_permission_name = "Workbench"

    @expose("/", methods=["GET"])
    @permitted("read")
    def index(self) -> str:
        """The start page."""
        actor = current_actor()
        works_with_customers = actor.may("read", "Customer")
        return render_template(
            "workbench/index.html",
            greeting=_greeting(actor),
            today=format_date(clock.today(), "full"),
            figures=_figures(actor) if works_with_customers else [],
            todos=_todos(actor),
            notices=_notices(actor),
            recent=_recent(actor) if works_with_customers else [],
            buttons=_buttons(actor),
        )


def _greeting(actor: Actor) -> str:
    hour = clock.to_local(clock.now()).hour
    if hour < 12:  # noqa: PLR2004 - noon
        return gettext("Good morning, %(name)s", name=actor.name)
    if hour < 18:  # noqa: PLR2004 - evening
        return gettext("Good afternoon, %(name)s", name=actor.name)
    return gettext("Good evening, %(name)s", name=actor.name)


def _figures(actor: Actor) -> list[Figure]:
    base = url_for("CustomerView.list")
    unit = gettext("customers")
    rows = (
        ("personal", gettext("Personal customers"), personal_customers, "fa-user", "blue"),
        ("pending", gettext("Waiting to be handled"), pending_customers, "fa-hourglass-half", "orange"),
        ("private", gettext("Privately held"), private_customers, "fa-lock", "cyan"),
        ("off_shelf", gettext("Off shelf"), off_shelf_customers, "fa-box-archive", "green"),
    )
    return [
        Figure(label, _capped(scope(actor)), unit, f"{base}?tab={key}", icon, tone)
        for key, label, scope, icon, tone in rows
    ]


def _capped(statement: Any) -> str:
    found = count_up_to(statement, COUNT_LIMIT)
    return f"{COUNT_LIMIT:,}+" if found > COUNT_LIMIT else f"{found:,}"


def _todos(actor: Actor) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        visible_todos(actor)
        .where(Todo.state == "open")
        .order_by(Todo.due_at, Todo.id)
        .limit(LATEST)
        .options(joinedload(Todo.customer))
    )
    return [
        {
            "title": row.title,
            "customer_name": row.customer.name if row.customer else "",
            "url": f"/customers/{row.customer_id}" if row.customer_id else url_for("TodoView.list"),
            "due": local_time(row.due_at),
            "overdue": row.due_at < clock.now(),
        }
        for row in rows
    ]


def _notices(actor: Actor) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        visible_notifications(actor)
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(LATEST)
    )
    return [
        {
            "title": row.title,
            "body": row.body,
            "url": f"/customers/{row.customer_id}" if row.customer_id else url_for("NotificationView.list"),
            "time": local_time(row.created_at),
            "unread": row.read_at is None,
        }
        for row in rows
    ]


def _recent(actor: Actor) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        visible(actor).order_by(Customer.created_at.desc(), Customer.id.desc()).limit(LATEST).options(*PEOPLE)
    )
    return [
        {
            "name": row.name,
            "url": url_for("CustomerView.show", pk=row.id),
            "status": code_tag(FOLLOW_STATUS, row.follow_status),
            "owner": (row.owner or row.private_holder or row.handler or row.department).name,
            "time": local_time(row.created_at),
        }
        for row in rows
    ]


def _buttons(actor: Actor) -> list[Button]:
    if not actor.may("create", "Customer"):
        return []
    return [Button(gettext("New customer"), url_for("CustomerView.add"), "fa-plus", "drawer", primary=True)]
