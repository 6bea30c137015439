"""What the lists of customers hold for the workbench (OFF-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.follow_ups.views import FollowUpView
from app.customers.numbers.views import NumberLookupView
from app.customers.profile.views import CustomerView
from app.customers.shared.permissions import CustomerPermission
from app.kernel import clock
from app.kernel.pages.work import WorkItem, leads_people

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

QUIET_DAYS = 7  # a private customer without a follow-up for so long is worth a question


def _mine(actor: Actor, **more: str) -> dict[str, str]:
    return {"responsible_id": str(actor.id), **more}


def _quiet_since(_actor: Actor) -> dict[str, str]:
    day = clock.today() - timedelta(days=QUIET_DAYS)
    return {"tab": "scope", "private": "yes", "last_follow_up_to": day.isoformat()}


WORK = (
    WorkItem(
        "contacts_today",
        _("My contacts by tonight"),
        "fa-phone",
        CustomerView,
        lambda actor: _mine(actor, next_contact_to=clock.today().isoformat(), order_by="next_contact_at"),
        needs=CustomerPermission.FOLLOW_UP,
    ),
    WorkItem(
        "contacts_late",
        _("Contacts I am late with"),
        "fa-clock",
        CustomerView,
        lambda actor: _mine(actor, overdue="yes", order_by="next_contact_at"),
        needs=CustomerPermission.FOLLOW_UP,
    ),
    WorkItem(
        "mine_pending",
        _("Customers I have to handle"),
        "fa-hourglass-half",
        CustomerView,
        lambda actor: _mine(actor, tab="pending"),
        needs=CustomerPermission.FOLLOW_UP,
    ),
    WorkItem(
        "pending_too_long",
        _("Pending too long"),
        "fa-triangle-exclamation",
        CustomerView,
        lambda _actor: {"tab": "pending", "pending_overdue": "yes"},
        concerns=leads_people,
    ),
    WorkItem(
        "private_quiet",
        _("Private, no follow-up for %(n)s days", n=QUIET_DAYS),
        "fa-user-lock",
        CustomerView,
        _quiet_since,
        concerns=leads_people,
    ),
    WorkItem(
        "new_customers",
        _("New customers"),
        "fa-user-plus",
        CustomerView,
        lambda _actor: {"tab": "scope"},
        dated="created",
    ),
    WorkItem(
        "won_customers",
        _("Of them won"),
        "fa-handshake",
        CustomerView,
        lambda _actor: {"tab": "scope", "deal_status": "won"},
        dated="created",
        part_of="new_customers",
    ),
    WorkItem("follow_ups", _("Follow-ups"), "fa-comment-dots", FollowUpView, dated="created"),
    WorkItem(
        "stopped_lookups",
        _("Unusual look-ups, stopped"),
        "fa-user-secret",
        NumberLookupView,
        lambda _actor: {"stops": "yes"},
        dated="created",
    ),
    WorkItem(
        "number_lookups", _("Number look-ups"), "fa-magnifying-glass", NumberLookupView, dated="created"
    ),
)
