"""Who may do what with service tickets: pure rules, no queries (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.shared.policies import can_change
from app.deals.tickets.choices import CLOSED, OPEN, OPEN_STATUSES, SOLVED, WAITING
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.customers.shared.policies import Facts
    from app.deals.tickets.models import Ticket
    from app.kernel.access.actor import Actor

_NOT_NOW = {
    OPEN: conflict("ticket.open", _("This ticket is being worked on")),
    WAITING: conflict("ticket.waiting", _("This ticket is waiting already")),
    SOLVED: conflict("ticket.solved", _("This ticket is solved; reopen it first")),
    CLOSED: conflict("ticket.closed", _("This ticket is closed; reopen it first")),
}


def can_work_on(actor: Actor, record: Ticket, facts: Facts) -> Decision:
    """CUST-16: an open ticket is edited and solved by those who may change it."""
    return _in(record, can_change(actor, record, facts), *OPEN_STATUSES)


def can_wait(actor: Actor, record: Ticket, facts: Facts) -> Decision:
    """CUST-16: a ticket that is being worked on may wait for somebody else."""
    return _in(record, can_change(actor, record, facts), OPEN)


def can_close(actor: Actor, record: Ticket, facts: Facts) -> Decision:
    """CUST-16: any ticket that is not closed yet is closed by those who may change it."""
    return _in(record, can_change(actor, record, facts), *OPEN_STATUSES, SOLVED)


def can_reopen(actor: Actor, record: Ticket, facts: Facts) -> Decision:
    """CUST-16: a ticket that waits, or was solved or closed, is worked on again."""
    return _in(record, can_change(actor, record, facts), WAITING, SOLVED, CLOSED)


def _in(record: Ticket, verdict: Decision, *statuses: str) -> Decision:
    if not verdict:
        return verdict
    return ALLOW if record.status in statuses else _NOT_NOW[record.status]
