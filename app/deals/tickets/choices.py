"""The codes of service tickets (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

OPEN, WAITING, SOLVED, CLOSED = "open", "waiting", "solved", "closed"
OPEN_STATUSES = (OPEN, WAITING)

STATUS = Dictionary(
    "ticket_statuses",
    {OPEN: _("Being worked on"), WAITING: _("Waiting"), SOLVED: _("Solved"), CLOSED: _("Ticket closed")},
    {OPEN: "blue", WAITING: "orange", SOLVED: "green", CLOSED: "gray"},
    title=_("States of tickets"),
)
PRIORITY = Dictionary(
    "ticket_priorities",
    {"low": _("Low"), "normal": _("Normal priority"), "high": _("High"), "urgent": _("Urgent")},
    {"low": "gray", "normal": "blue", "high": "orange", "urgent": "red"},
    title=_("Priorities of tickets"),
)
KIND = Dictionary(
    "ticket_kinds",
    {
        "question": _("Question"),
        "complaint": _("Complaint"),
        "repair": _("Repair"),
        "delivery": _("Delivery"),
        "invoice": _("Invoice"),
        "other": _("Other"),
    },
    title=_("Kinds of tickets"),
    editable=True,
)
