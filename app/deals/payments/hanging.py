"""What becomes of instalments with their customer and their contract (CUST-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.deals.contracts.hanging import HANDED_OVER
from app.deals.payments.models import Payment
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.session import db
from app.notices.services import finish_todo, reassign_todos

if TYPE_CHECKING:
    from app.customers.shared.parts import HandOver, Merge
    from app.deals.contracts.models import Contract


def hand_over_payments(step: HandOver) -> None:
    """Give unpaid instalments to the new person; paid ones keep theirs (CUST-32)."""
    unpaid = select(Payment).where(
        Payment.customer_id == step.customer.id,
        Payment.received < Payment.amount,
        Payment.owner_id != step.receiver.id,
    )
    unpaid = unpaid.order_by(Payment.id).options(joinedload(Payment.owner)).with_for_update(of=Payment)
    with unscoped("the instalments follow their customer, whoever may open them (CUST-32)"):
        followed = db.session.scalars(unpaid).all()
    for payment in followed:
        owners = {"owner": (payment.owner.name, step.receiver.name)}
        payment.hand_over(step.receiver)
        audit.record(step.actor, "payment.hand_over", payment, HANDED_OVER, owners, owner=step.receiver.name)
    reassign_todos([one.reminder_id for one in followed if one.reminder_id], step.receiver.id)


def merge_payments(step: Merge) -> None:
    """The survivor takes the instalments of the merged file (CUST-9)."""
    step.take(Payment.customer_id)


def close_payment_reminders(contract: Contract) -> None:
    """Close the to-dos about instalments of a contract that was voided."""
    reminded = select(Payment).where(Payment.contract_id == contract.id, Payment.reminder_id.is_not(None))
    for payment in db.session.scalars(scoped(reminded)):
        finish_todo(payment.reminder_id)
        payment.reminder_id = None
