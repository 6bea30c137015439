"""Write a follow-up, and plan the next contact (POOL-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.follow_ups import policies
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.queries import facts_for, get_customer
from app.customers.shared.todos import CONTACT_AGAIN
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.files.attachments import keep
from app.kernel.translation import N_
from app.notices import services as notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload


@transactional
def follow_up(
    pk: int,
    *,
    content: str,
    method: str,
    next_contact_at: datetime | None = None,
    files: Sequence[Upload] = (),
    actor: Actor,
) -> FollowUp:
    """Record one contact with the customer (POOL-18); the handler's first one starts work (POOL-15)."""
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_follow_up(actor, customer, facts_for(customer, actor)).enforce()
    moment = clock.now()
    if next_contact_at is not None and next_contact_at <= moment:
        raise Invalid(next_contact_at=_("This must be in the future"))
    made = FollowUp(
        customer_id=customer.id,
        author_id=actor.id,
        content=content,
        method=method,
        next_contact_at=next_contact_at,
        counts=True,
        created_at=moment,
    )
    db.session.add(made)
    if files:
        db.session.flush()
        for one in files:
            keep(one, made, actor)
    before = customer.follow_status
    planned = plan_contact(customer, next_contact_at, actor)
    customer.note_follow_up(moment, planned, by_handler=customer.handler_id == actor.id)
    changed = {"follow_status": (before, customer.follow_status)} if before != customer.follow_status else {}
    audit.record(actor, "customer.follow_up", customer, N_("Follow-up written"), changed)
    return made


def plan_contact(customer: Customer, next_contact_at: datetime | None, actor: Actor) -> datetime | None:
    """Close the writer's to-dos "contact again"; a next contact makes a new one. Without one, other people's
    plans stay (POOL-18).
    """
    notices.close_todos([customer.id], assignee_id=actor.id, message=CONTACT_AGAIN)
    if next_contact_at is None:
        return notices.next_todo_due(customer.id, CONTACT_AGAIN)
    notices.add_todo(
        actor.id, CONTACT_AGAIN, due_at=next_contact_at, customer_id=customer.id, name=customer.name
    )
    return next_contact_at
