"""Queries of instalments and receipts: always scoped to the actor, marked for the guard (CUST-16)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, case, exists, false, func, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer
from app.customers.shared.queries import facts_of, lock_customer, sees_history
from app.deals.contracts.models import Contract
from app.deals.contracts.policies import ContractFacts, facts_from
from app.deals.contracts.queries import in_reach
from app.deals.payments.models import Payment, Receipt
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_P = Payment.__table__.c
_K = Contract.__table__.c
_R = Receipt.__table__.c
PAYMENT_PEOPLE = (
    joinedload(Payment.owner),
    joinedload(Payment.contract),
    joinedload(Payment.customer).joinedload(Customer.owner),
    joinedload(Payment.customer).joinedload(Customer.handler),
    joinedload(Payment.customer).joinedload(Customer.private_holder),
)


@cached_per_actor
def visible_payments(actor: Actor) -> Select[Payment]:
    """Select the instalments that the actor may read (CUST-15)."""
    return in_reach(select(Payment), _P.owner_id, _P.customer_id, actor)


def overdue_payments(actor: Actor) -> Select[Payment]:
    """Select the tab of overdue instalments; not cached, because the day changes."""
    return visible_payments(actor).where(is_overdue())


@cached_per_actor
def own_payments(actor: Actor) -> Select[Payment]:
    """Select the tab of the actor's own instalments that are not paid in full."""
    return scoped(select(Payment).where(_P.owner_id == actor.id, _P.received < _P.amount))


def is_owed() -> ColumnElement[bool]:
    """Return the condition that the contract of an instalment is signed or ended."""
    owed = exists().where(_K.id == _P.contract_id, _K.state.in_(["signed", "ended"]))
    return owed.correlate(Payment)


def is_overdue() -> ColumnElement[bool]:
    """Return the condition of :attr:`Payment.is_overdue`."""
    return and_(_P.due_on < clock.today(), _P.received < _P.amount, is_owed())


def is_partly_paid() -> ColumnElement[bool]:
    """Return the condition of :attr:`Payment.is_partly_paid`."""
    return and_(_P.received > 0, _P.received < _P.amount)


def is_paid() -> ColumnElement[bool]:
    """Return the condition of :attr:`Payment.is_paid`."""
    found: ColumnElement[bool] = _P.received >= _P.amount
    return found


def overdue_amounts(customer_id: Any, today: Any) -> Select[Any]:
    """Select what is overdue of a customer, by currency (CUST-18)."""
    found = select(_K.currency, func.sum(_P.amount - _P.received)).select_from(Payment.__table__)
    return (
        found.join(Contract.__table__, _K.id == _P.contract_id)
        .where(
            _P.customer_id == customer_id,
            _P.received < _P.amount,
            _P.due_on < today,
            _K.state.in_(["signed", "ended"]),
        )
        .group_by(_K.currency)
    )


def get_payment(pk: int, *, actor: Actor) -> Payment:
    """Return an instalment that the actor may read.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_one(visible_payments(actor).where(_P.id == pk).options(*PAYMENT_PEOPLE))


def lock_payment(pk: int, *, actor: Actor) -> Payment:
    """Return the same for a change: its customer, its contract and the instalment are locked, in this order
    (CUST-18).
    """
    place = visible_payments(actor).where(_P.id == pk).with_only_columns(_P.customer_id, _P.contract_id)
    found = db.session.execute(place).one_or_none()
    if found is None:
        raise NotFound
    customer, contract = lock_customer(found.customer_id), _lock_contract(found.contract_id)
    statement = scoped(select(Payment).where(_P.id == pk).options(joinedload(Payment.owner)))
    payment: Payment = get_one(statement, lock=True, of=(Payment,))
    contract.customer = payment.customer = customer
    payment.contract = contract
    return payment


def _lock_contract(pk: int) -> Contract:
    statement = scoped(select(Contract).where(_K.id == pk).options(joinedload(Contract.owner)))
    return get_one(statement, lock=True, of=(Contract,))


def payments_of_contract(contract: Contract) -> Select[Payment]:
    """Select the instalments of a contract that the caller has found in scope."""
    found = scoped(select(Payment).where(_P.contract_id == contract.id))
    return found.options(joinedload(Payment.owner), joinedload(Payment.contract))


def payments_of(customer: Customer, actor: Actor) -> Select[Payment]:
    """Select the instalments of a customer that the actor can open, whoever made them (CUST-15)."""
    found = scoped(select(Payment).where(_P.customer_id == customer.id))
    if not sees_history(customer, actor):
        found = found.where(false())
    return found.options(
        joinedload(Payment.owner), joinedload(Payment.contract), joinedload(Payment.customer)
    )


def receipts_of(payment: Payment) -> Select[Receipt]:
    """Select the receipts of an instalment that the caller has found in scope, counter-entries included."""
    return select(Receipt).where(_R.payment_id == payment.id).options(joinedload(Receipt.created_by))


def corrected_ids(payment: Payment) -> set[int]:
    """Return the receipts of an instalment that were taken back."""
    found = select(_R.corrects_id).where(_R.payment_id == payment.id, _R.corrects_id.is_not(None))
    return set(db.session.scalars(found))


def find_receipt(payment: Payment, pk: int) -> Receipt | None:
    """Return a receipt of a locked instalment."""
    return db.session.scalars(select(Receipt).where(_R.id == pk, _R.payment_id == payment.id)).one_or_none()


def total_received(payment: Payment) -> Decimal:
    """Return the sum of the receipts of a locked instalment."""
    return db.session.scalar(select(func.sum(_R.amount)).where(_R.payment_id == payment.id)) or Decimal(0)


@dataclass(frozen=True)
class PaymentSums:
    """What the instalments of a contract come to."""

    planned: Decimal
    received: Decimal
    next_due_on: date | None


def sums_of(contract: Contract) -> PaymentSums:
    """Return the sums of a locked contract's instalments, as they are stored."""
    unpaid = case((_P.received < _P.amount, _P.due_on))
    columns = (func.sum(_P.amount), func.sum(_P.received), func.min(unpaid))
    row = db.session.execute(scoped(select(*columns).where(_P.contract_id == contract.id))).one()
    return PaymentSums(row[0] or Decimal(0), row[1] or Decimal(0), row[2])


def payment_facts(payments: Sequence[Payment], actor: Actor) -> dict[int, ContractFacts]:
    """Return the facts that the policies need about a page of instalments, in one statement."""
    customers = {one.customer_id: one.customer for one in payments}
    facts = facts_of([*customers.values()], actor)
    return {one.id: facts_from(actor, one.customer, facts[one.customer_id]) for one in payments}


def facts_for_payment(payment: Payment, actor: Actor) -> ContractFacts:
    """Return the facts about one instalment."""
    return payment_facts([payment], actor)[payment.id]
