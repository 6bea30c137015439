"""The contracts of the demo data: each with the services that a user would call, on enterprise customers."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.deals.contracts.services import create_contract, end_contract, sign_contract, void_contract
from app.deals.credit.services import set_credit
from app.deals.payments.models import Payment
from app.deals.payments.queries import payments_of_contract
from app.deals.payments.services import plan_payments, record_receipt
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.deals.contracts.models import Contract
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

SEED = 20260301
FIRMS = 60
_TITLES = ("年度采购框架", "设备供货合同", "办公楼租赁合同", "维保服务合同", "展会物料合同")
_CURRENCIES = ("CNY", "CNY", "CNY", "USD", "EUR")
_YEAR = timedelta(days=365)
_LIMIT = Decimal(3_000_000)


@transactional
def write_deals(staff: Mapping[str, Staff], actors: Mapping[str, Actor], firms: int = FIRMS) -> None:
    """Give so many enterprise customers credit, contracts, instalments and receipts, in one transaction."""
    names = {one.id: username for username, one in staff.items()}
    rnd, finance = random.Random(SEED), actors["finance1"]
    wanted = visible_customers(finance).where(Customer.kind == "enterprise", Customer.owner_id.is_not(None))
    for firm in db.session.scalars(wanted.order_by(Customer.id).limit(firms)).all():
        owner = actors[names[firm.owner_id or 0]]
        moment = firm.created_at + timedelta(days=rnd.uniform(2, 9))
        if moment + timedelta(days=1) < clock.now():
            _write_firm(firm, owner, finance, moment, rnd)


def _write_firm(firm: Customer, owner: Actor, finance: Actor, moment: datetime, rnd: random.Random) -> None:
    if rnd.random() < 0.6:
        with clock.frozen(moment):
            set_credit(
                firm.id, credit_enabled=True, currency="CNY", amount=_LIMIT, reason="年度评估", actor=finance
            )
            if rnd.random() < 0.5:
                set_credit(firm.id, credit_enabled=True, currency="USD", amount=_LIMIT / 10, actor=finance)
    checked = firm.credit_enabled
    for _ in range(rnd.choice([1, 1, 2])):
        currency = "CNY" if checked else rnd.choice(_CURRENCIES)
        _write_contract(firm, owner, finance, moment, currency, rnd)
        moment += timedelta(days=rnd.uniform(5, 40))
        if moment >= clock.now():
            return


def _write_contract(
    firm: Customer, owner: Actor, finance: Actor, moment: datetime, currency: str, rnd: random.Random
) -> None:
    day = clock.to_local(moment).date()
    with clock.frozen(moment):
        contract = create_contract(
            customer_id=firm.id,
            title=rnd.choice(_TITLES),
            amount=Decimal(rnd.randint(20, 900) * 1000),
            currency=currency,
            starts_on=day,
            ends_on=day + rnd.choice([_YEAR, _YEAR, timedelta(days=rnd.randint(60, 200))]),
            actor=owner,
        )
    fate = rnd.random()
    signing = moment + timedelta(days=rnd.uniform(0.1, 4))
    if fate < 0.15 or signing >= clock.now():
        return  # still a draft
    if fate < 0.2:
        with clock.frozen(signing):
            void_contract(contract.id, reason="客户改为采购订单", actor=owner)
        return
    with clock.frozen(signing):
        sign_contract(contract.id, actor=owner)
        plan_payments(contract.id, parts=rnd.choice([2, 3, 4, 6]), first_due_on=day, months=1, actor=owner)
    _receive(contract, finance, rnd)
    if contract.received == contract.amount and rnd.random() < 0.5:
        end_contract(contract.id, reason="已履行完毕", actor=owner)


def _receive(contract: Contract, finance: Actor, rnd: random.Random) -> None:
    """Record receipts of most instalments that are due: some in part, some not at all."""
    for payment in db.session.scalars(payments_of_contract(contract).order_by(Payment.due_on)).all():
        late = rnd.random()
        if payment.due_on > clock.today() or late < 0.15:
            continue
        moment = clock.start_of_day(payment.due_on) + timedelta(days=rnd.uniform(1, 5), hours=9)
        if contract.signed_at is None or moment >= clock.now() or moment < contract.signed_at:
            continue
        part = payment.amount if late > 0.3 else (payment.amount / 2).quantize(Decimal(1))
        with clock.frozen(moment):
            record_receipt(
                payment.id,
                received_on=clock.today(),
                amount=part or payment.amount,
                method="transfer",
                actor=finance,
            )
