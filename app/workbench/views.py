"""The workbench (PLAT-8): to-dos, messages and figures of the actor's scope, each linking to its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import format_date, gettext
from sqlalchemy.orm import joinedload

from app.channel.phone.base import is_consultant, works_on_site
from app.channel.shared.permissions import ReferralPermission
from app.customers.shared.choices import FOLLOW_STATUS
from app.customers.shared.permissions import CustomerPermission
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.assets import vendor_url
from app.kernel.pages.elements import ECHARTS, Button
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.pages.routes import permitted
from app.kernel.pages.work import PERIODS, count_work
from app.notices.models import Notification, Todo
from app.notices.queries import visible_notifications, visible_todos
from app.org.roles.names import OUTSIDE
from app.workbench import queries
from app.workbench.cards import Figure
from app.workbench.channel import channel_parts
from app.workbench.charts import CUSTOMERS, SCOPE, Trend, change, distribution, periods, pie_data, ranking
from app.workbench.permissions import WorkbenchPermission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


LATEST = 6


class WorkbenchView(BaseView):
    """``/``."""

    route_base = ""
    default_view = "index"
    class_permission_name = "Workbench"

    @expose("/", methods=["GET"])
    @permitted(WorkbenchPermission.READ)
    def index(self) -> Any:
        """Show the start page; people from outside have their own on the phone."""
        actor = current_actor()
        if actor.roles and actor.roles <= {*OUTSIDE}:
            return redirect(url_for("PhoneHomeView.home"))
        period = request.args.get("period", "")
        period = period if period in PERIODS else next(iter(PERIODS))
        work = count_work(actor, period)
        parts: dict[str, Any] = {}
        if actor.may(CustomerPermission.READ):
            parts = _customer_parts(actor)
        elif actor.may(ReferralPermission.READ):
            parts = channel_parts(actor)
        return render_template(
            "workbench/index.html",
            greeting=_greeting(actor),
            today=format_date(clock.today(), "full"),
            todos=_todos(actor),
            notices=_notices(actor),
            buttons=_buttons(actor),
            work=[one for one in work if not one.is_dated],
            done=[one for one in work if one.is_dated],
            periods=[(key, str(label), key == period) for key, label in PERIODS.items()],
            **parts,
        )


def _customer_parts(actor: Actor) -> dict[str, Any]:
    """Return the content about customers."""
    trend = Trend.of(actor)
    statuses, grades = distribution(actor)
    waits = queries.pending_counts(actor)
    return {
        "figures": [*_period_figures(trend), *_waiting_figures(actor, waits)],
        "days": trend.days,
        "statuses": statuses,
        "grades": grades,
        "ranking": ranking(actor) if queries.manages_people(actor) else None,
        "contacts": _contacts(actor),
        "contact_url": _contact_url(actor),
        "recent": _recent(actor),
        "charts": {"trend": trend.data(), "status": pie_data(statuses), "grade": pie_data(grades)},
        "echarts": vendor_url(ECHARTS),
    }


def _greeting(actor: Actor) -> str:
    hour = clock.to_local(clock.now()).hour
    if 5 <= hour < 12:  # noqa: PLR2004 - from dawn to noon
        return gettext("Good morning, %(name)s", name=actor.name)
    if 12 <= hour < 18:  # noqa: PLR2004 - until the evening
        return gettext("Good afternoon, %(name)s", name=actor.name)
    return gettext("Good evening, %(name)s", name=actor.name)


def _period_figures(trend: Trend) -> list[Figure]:
    """Return the figures of the last days beside the days before; red rises and green falls, as in China."""
    _before, first, today = periods()
    period: dict[str, Any] = {"created_from": first.isoformat(), "created_to": today.isoformat()}
    new, follow_ups = trend.sums(trend.new), trend.sums(trend.follow_ups)
    compared = gettext("against the %(n)s days before", n=queries.DAYS)
    return [
        Figure(
            gettext("New customers, %(n)s days", n=queries.DAYS),
            f"{new[0]:,}",
            url_for(CUSTOMERS, tab=SCOPE, **period),
            "fa-user-plus",
            "blue",
            compared,
            change(*new),
        ),
        Figure(
            gettext("Follow-ups, %(n)s days", n=queries.DAYS),
            f"{follow_ups[0]:,}",
            url_for("FollowUpView.list", **period),
            "fa-comment-dots",
            "cyan",
            compared,
            change(*follow_ups),
        ),
    ]


def _waiting_figures(actor: Actor, waits: Mapping[str, queries.Count]) -> list[Figure]:
    """Return the counts of pending tasks in the scope."""
    return [
        Figure(
            gettext("Waiting to be handled"),
            str(waits["pending"]),
            url_for(CUSTOMERS, tab="pending"),
            "fa-hourglass-half",
            "orange",
            gettext("Platform customers that wait for their handler"),
        ),
        Figure(
            gettext("To contact by tonight"),
            str(waits["due"]),
            _contact_url(actor),
            "fa-phone",
            "red",
            gettext("%(n)s of them overdue", n=waits["overdue"]),
        ),
    ]


def _contact_url(actor: Actor) -> str:
    """Return the address of the list of customers to contact; only their own for people without a team."""
    own: dict[str, Any] = {"tab": SCOPE} if queries.manages_people(actor) else {"responsible_id": actor.id}
    today = clock.today().isoformat()
    return url_for(CUSTOMERS, **own, next_contact_to=today, order_by="next_contact_at")


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
    return [{**_customer(row), "time": local_time(row.created_at)} for row in queries.latest_customers(actor)]


def _contacts(actor: Actor) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            **_customer(row),
            "time": local_time(row.next_contact_at),
            "overdue": row.next_contact_at is not None and row.next_contact_at < now,
        }
        for row in queries.overdue_customers(actor)
    ]


def _customer(row: Customer) -> dict[str, Any]:
    return {
        "name": row.name,
        "url": url_for("CustomerView.show", pk=row.id),
        "status": code_tag(FOLLOW_STATUS, row.follow_status),
        "owner": (row.owner or row.private_holder or row.handler or row.department).name,
    }


def _buttons(actor: Actor) -> list[Button]:
    """Return the main buttons: create a customer, or the phone pages for people who scan and receive."""
    if actor.may(CustomerPermission.CREATE):
        return [
            Button(gettext("New customer"), url_for("CustomerView.add"), "fa-plus", "drawer", primary=True)
        ]
    found = []
    if works_on_site(actor) or is_consultant(actor):
        found.append(Button(gettext("Scan"), url_for("PhoneScanView.scan"), "fa-qrcode", primary=True))
    if is_consultant(actor):
        found.append(Button(gettext("Tours"), url_for("PhoneTourView.tours"), "fa-person-walking"))
    return found
