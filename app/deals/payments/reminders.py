"""To-dos about contracts that end and instalments that are due (CUST-16).

What is reminded of keeps the id of its to-do, so that a second run makes none, and settling closes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.deals.contracts.models import Contract
from app.deals.credit.currencies import money
from app.deals.payments.models import Payment
from app.deals.payments.queries import is_owed
from app.deals.payments.settings import REMINDER_DAYS
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices.services import add_todo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Select

BATCH = 200
CONTRACT_ENDS = N_("The contract %(code)s with %(name)s ends on %(day)s")
PAYMENT_DUE = N_("%(amount)s of %(name)s is due on %(day)s (%(code)s)")


def _ending() -> Select[Contract]:
    today = clock.today()
    return select(Contract).where(
        Contract.state == "signed",
        Contract.reminder_id.is_(None),
        Contract.ends_on >= today,
        Contract.ends_on <= today + timedelta(days=REMINDER_DAYS.get()),
    )


def _due() -> Select[Payment]:
    until = clock.today() + timedelta(days=REMINDER_DAYS.get())
    return select(Payment).where(
        Payment.received < Payment.amount,
        Payment.reminder_id.is_(None),
        Payment.due_on <= until,
        is_owed(),
    )


def count_waiting() -> tuple[int, int]:
    """Count the contracts and instalments of which a run would remind."""
    if not REMINDER_DAYS.get():
        return 0, 0
    with unscoped("reminders are made for every owner (CUST-16)"):
        contracts, payments = (
            db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
            for found in (_ending(), _due())
        )
    return contracts, payments


@transactional
def remind_of_contracts(batch: int = BATCH) -> int:
    """Give the owners of contracts that end soon a to-do, once each."""
    return _remind(_ending, Contract, _about_contract, batch)


@transactional
def remind_of_payments(batch: int = BATCH) -> int:
    """Give the owners of instalments that are due soon, or overdue, a to-do, once each."""
    return _remind(_due, Payment, _about_payment, batch)


def _remind(
    wanted: Callable[[], Select[Any]], model: Any, about: Callable[[Any], dict[str, Any]], batch: int
) -> int:
    if not REMINDER_DAYS.get():
        return 0
    for record in (found := _locked(wanted(), model, batch)):
        made = add_todo(record.owner_id, customer_id=record.customer_id, **about(record))
        db.session.flush()
        record.reminder_id = made.id
    return len(found)


def _locked(statement: Select[Any], model: Any, batch: int) -> Sequence[Any]:
    found = statement.order_by(model.id).limit(batch).options(joinedload(model.customer))
    if model is Payment:
        found = found.options(joinedload(Payment.contract))
    locked = found.with_for_update(of=model, skip_locked=True).execution_options(populate_existing=True)
    with unscoped("reminders are made for every owner (CUST-16)"):
        return db.session.scalars(locked).all()


def _about_contract(contract: Contract) -> dict[str, Any]:
    day = contract.ends_on or clock.today()
    return {
        "message": CONTRACT_ENDS,
        "due_at": clock.start_of_day(day),
        "code": contract.code,
        "name": contract.customer.name,
        "day": day,
    }


def _about_payment(payment: Payment) -> dict[str, Any]:
    return {
        "message": PAYMENT_DUE,
        "due_at": clock.start_of_day(payment.due_on),
        "amount": money(payment.unpaid, payment.contract.currency),
        "code": payment.contract.code,
        "name": payment.customer.name,
        "day": payment.due_on,
    }
