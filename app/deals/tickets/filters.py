"""Filters and orders of the list of service tickets, on pages and in the API (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_

from app.deals.shared.filters import common_filters
from app.deals.tickets.choices import KIND, OPEN_STATUSES, PRIORITY, STATUS
from app.deals.tickets.models import Ticket
from app.kernel import clock
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, FlagFilter
from app.kernel.lists.requests import ListSpec

_T = Ticket.__table__.c


def is_open() -> ColumnElement[bool]:
    """Match tickets that are still to be solved."""
    return _T.status.in_(OPEN_STATUSES)


def is_late() -> ColumnElement[bool]:
    """Match open tickets whose time has passed."""
    return and_(is_open(), _T.due_at < clock.now())


SPEC = ListSpec(
    filters=(
        *common_filters(Ticket, STATUS),
        FlagFilter("open", _("Still to be solved"), is_open),
        ChoiceFilter("priority", _("Priority"), _T.priority, PRIORITY),
        ChoiceFilter("kind", _("Kind of ticket"), _T.kind, KIND),
        DateRangeFilter("due", _("Due"), _T.due_at),
        FlagFilter("late", _("Overdue"), is_late),
    ),
    orders={"created_at": _T.created_at, "due_at": _T.due_at},
    default_order="-created_at",
)
