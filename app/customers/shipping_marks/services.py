"""Add, edit and delete shipping marks of a customer (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.audit import services as audit
from app.customers.shared.belongings import take_belongings
from app.customers.shared.queries import facts_for, get_customer
from app.customers.shipping_marks.models import ShippingMark
from app.customers.shipping_marks.policies import can_edit_marks
from app.customers.shipping_marks.queries import get_mark
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor


@transactional
def add_mark(pk: int, *, text: str, actor: Actor) -> ShippingMark:
    """Add a shipping mark to the customer (CUST-12)."""
    customer = get_customer(pk, actor=actor, lock=True)
    can_edit_marks(actor, customer, facts_for(customer, actor)).enforce()
    made = ShippingMark(
        text=text,
        customer=customer,
        company_id=customer.company_id,
        created_at=clock.now(),
        author_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    difference = {"mark_text": ("", text)}
    audit.record(actor, "customer.add_shipping_mark", customer, N_("Shipping mark added"), difference)
    return made


@transactional
def update_mark(pk: int, *, values: Mapping[str, Any], actor: Actor) -> ShippingMark:
    """Change the text of a shipping mark; its author and time stay those of who wrote it first."""
    mark = get_mark(pk, actor=actor, lock=True)
    can_edit_marks(actor, mark.customer, facts_for(mark.customer, actor)).enforce()
    text = values.get("text", mark.text)
    if text != mark.text:
        difference = {"mark_text": (mark.text, text)}
        mark.text = text
        message = N_("Shipping mark edited")
        audit.record(actor, "customer.update_shipping_mark", mark.customer, message, difference)
    return mark


@transactional
def delete_mark(pk: int, *, actor: Actor) -> ShippingMark:
    """Delete a shipping mark."""
    mark = get_mark(pk, actor=actor, lock=True)
    can_edit_marks(actor, mark.customer, facts_for(mark.customer, actor)).enforce()
    difference = {"mark_text": (mark.text, "")}
    message = N_("Shipping mark deleted")
    audit.record(actor, "customer.delete_shipping_mark", mark.customer, message, difference)
    db.session.delete(mark)
    return mark


def merge_marks(step: Merge) -> None:
    """Let the shipping marks of a merged customer go to the survivor; an equal one stays behind (CUST-9)."""
    take_belongings(step, ShippingMark, "", lambda mark: mark.text)
