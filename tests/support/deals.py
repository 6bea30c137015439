"""Business records for tests, made by the real services."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.audit.models import OperationLog
from app.deals.contracts.services import create_contract, sign_contract
from app.deals.credit.services import set_credit
from app.deals.payments.services import create_payment, record_receipt
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.deals.contracts.models import Contract
    from app.deals.payments.models import Payment, Receipt
    from app.kernel.access.actor import Actor
    from tests.support.people.world import World


def make_firm(
    world: World, *, limit: str | None = None, currency: str = "CNY", owner: str = "sales", **values: Any
) -> Customer:
    """Create an enterprise of a salesperson; with a ``limit`` its credit is checked."""
    made = make_customer(world.actor(owner), kind="enterprise", **values)
    if limit is not None:
        amount = Decimal(limit) if limit else None
        set_credit(
            made.id, credit_enabled=True, currency=currency, amount=amount, actor=world.actor("finance")
        )
    return made


def make_contract(customer: Customer, actor: Actor, amount: Any = "1000", **values: Any) -> Contract:
    """Draw up a contract with the customer."""
    values = {"title": "采购框架", **values}
    return create_contract(customer_id=customer.id, amount=Decimal(str(amount)), actor=actor, **values)


def make_signed(customer: Customer, actor: Actor, amount: Any = "1000", **values: Any) -> Contract:
    """Draw up a contract and sign it."""
    return sign_contract(make_contract(customer, actor, amount, **values).id, actor=actor)


def make_payment(contract: Contract, actor: Actor, amount: Any = "", due_on: Any = None) -> Payment:
    """Plan an instalment: of all that is left and due today, unless said otherwise."""
    left = contract.amount - contract.planned if amount == "" else Decimal(str(amount))
    return create_payment(contract_id=contract.id, amount=left, due_on=due_on or clock.today(), actor=actor)


def make_receipt(payment: Payment, actor: Actor, amount: Any = "") -> Receipt:
    """Record that money came in today, all that is unpaid unless said otherwise."""
    came = payment.unpaid if amount == "" else Decimal(str(amount))
    return record_receipt(payment.id, received_on=clock.today(), amount=came, method="transfer", actor=actor)


def logged(record: Any) -> list[OperationLog]:
    """Return the rows of the record's operation log, oldest first."""
    found = select(OperationLog).where(
        OperationLog.record_type == record.__audit__, OperationLog.record_id == record.id
    )
    return [*db.session.scalars(found.order_by(OperationLog.number))]
