"""Create, edit, wait, solve, close and reopen service tickets (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.deals.shared.queries import facts_for
from app.deals.shared.services import EditedField, add_record, change_owner, keep_edit, notify_owner
from app.deals.tickets import choices, policies
from app.deals.tickets.models import Ticket
from app.deals.tickets.queries import get_ticket
from app.kernel import clock
from app.kernel.clock import to_local
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

NORMAL = "normal"
FIELDS = {
    "title": EditedField(_("Title")),
    "description": EditedField(_("Description")),
    "kind": EditedField(_("Kind of ticket")),
    "priority": EditedField(_("Priority")),
    "due_at": EditedField(
        _("Due"), lambda moment: to_local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
    ),
}


@transactional
def create_ticket(
    *,
    customer_id: int,
    title: str,
    kind: str | None = None,
    priority: str | None = None,
    description: str | None = None,
    due_at: datetime | None = None,
    owner_id: int | None = None,
    actor: Actor,
) -> Ticket:
    """Open a ticket of a customer (CUST-16); its owner is told where somebody else opens it.

    :raises NotFound: when the customer is out of reach.
    :raises Denied: 403 for who may only read the customer; 409 ``customer.disabled``.
    :raises Invalid: for an owner who is no active colleague of the customer's company.
    """
    values = {
        "title": title,
        "description": description,
        "kind": kind or "other",
        "priority": priority or NORMAL,
        "due_at": due_at,
        "status": choices.OPEN,
    }
    made: Ticket = add_record(Ticket, customer_id, owner_id, values, actor=actor)
    return made


@transactional
def update_ticket(pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor) -> Ticket:
    """Edit fields of an open ticket, and give it to another owner (CUST-16, CUST-20).

    :raises Denied: 403 by rule; 409 once it is solved or closed.
    :raises Stale: when another person saved in between.
    """
    record = _to_change(pk, policies.can_work_on, actor)
    edited = dict(values)
    for name, usual in (("kind", "other"), ("priority", NORMAL)):
        if name in edited:
            edited[name] = edited[name] or usual
    owner = change_owner(record, edited.pop("owner_id", None), actor=actor)
    keep_edit(record, FIELDS, edited, version=version, actor=actor, more=owner)
    return record


@transactional
def wait_ticket(pk: int, *, actor: Actor) -> Ticket:
    """Let a ticket wait for somebody else (CUST-16).

    :raises Denied: 403 by rule; 409 by its state.
    """
    record = _to_change(pk, policies.can_wait, actor)
    before = record.status
    record.wait()
    _note(record, "wait", N_("Waits for somebody else"), before, actor)
    return record


@transactional
def solve_ticket(pk: int, *, solution: str | None = None, actor: Actor) -> Ticket:
    """Mark an open ticket as solved (CUST-16).

    :raises Denied: 403 by rule; 409 by its state.
    """
    record = _to_change(pk, policies.can_work_on, actor)
    before = record.status
    record.solve(solution, clock.now())
    _note(record, "solve", N_("Solved"), before, actor)
    notify_owner(record, N_("%(who)s solved “%(title)s” of %(name)s"), actor)
    return record


@transactional
def close_ticket(pk: int, *, actor: Actor) -> Ticket:
    """Close a ticket, solved or not (CUST-16).

    :raises Denied: 403 by rule; 409 ``ticket.closed``.
    """
    record = _to_change(pk, policies.can_close, actor)
    before = record.status
    record.close(clock.now())
    _note(record, "close", N_("Ticket closed"), before, actor)
    notify_owner(record, N_("%(who)s closed “%(title)s” of %(name)s"), actor)
    return record


@transactional
def reopen_ticket(pk: int, *, actor: Actor) -> Ticket:
    """Work again on a ticket that waits, or was solved or closed (CUST-16).

    :raises Denied: 403 by rule; 409 ``ticket.open``.
    """
    record = _to_change(pk, policies.can_reopen, actor)
    before = record.status
    record.reopen()
    _note(record, "reopen", N_("Reopened"), before, actor)
    notify_owner(record, N_("%(who)s reopened “%(title)s” of %(name)s"), actor)
    return record


def _to_change(pk: int, rule: Callable[[Actor, Ticket, Facts], Decision], actor: Actor) -> Ticket:
    record = get_ticket(pk, actor=actor, lock=True)
    rule(actor, record, facts_for(record, actor)).enforce()
    return record


def _note(record: Ticket, operation: str, message: str, before: str, actor: Actor) -> None:
    record.bump()
    audit.record(actor, f"ticket.{operation}", record, message, {"status": (before, record.status)})
