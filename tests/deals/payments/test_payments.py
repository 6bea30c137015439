"""Instalments and receipts: CUST-16, CUST-18, CUST-32."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.customers.profile.services import update_customer
from app.deals.contracts.filters import CONTRACTS
from app.deals.contracts.models import Contract
from app.deals.contracts.queries import get_contract, visible_contracts
from app.deals.contracts.services import end_contract, void_contract
from app.deals.credit.queries import credit_of
from app.deals.payments.filters import PAYMENTS
from app.deals.payments.jobs import remind_of_deals
from app.deals.payments.models import Payment
from app.deals.payments.queries import (
    get_payment,
    payments_of_contract,
    receipts_of,
    sums_of,
    visible_payments,
)
from app.deals.payments.services import (
    create_payment,
    plan_payments,
    record_receipt,
    take_back_receipt,
    update_payment,
)
from app.deals.payments.settings import REMINDER_DAYS
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.notices.models import Todo
from tests.support.deals import logged, make_contract, make_firm, make_payment, make_receipt, make_signed

TODAY = clock.today()


@pytest.fixture
def sales(world):
    return world.actor("sales")


@pytest.fixture
def finance(world):
    return world.actor("finance")


@pytest.fixture
def contract(world, sales):
    return make_signed(make_firm(world), sales, 1000)


def _instalments(contract):
    rows = db.session.scalars(payments_of_contract(contract).order_by(Payment.due_on, Payment.id))
    return [(str(row.due_on), row.amount) for row in rows]


def _todos(actor, state="open"):
    return [*db.session.scalars(select(Todo).where(Todo.assignee_id == actor.id, Todo.state == state))]


def test_cust_16_all_instalments_together_are_at_most_the_contract(contract, sales):
    make_payment(contract, sales, "600.01")
    with pytest.raises(Invalid) as refused:
        make_payment(contract, sales, "400.00")
    assert [*refused.value.fields] == ["amount"]
    second = make_payment(contract, sales, "399.99")
    with pytest.raises(Denied, match=r"payment\.planned"):
        make_payment(contract, sales, "0.01")
    with pytest.raises(Invalid):
        update_payment(second.id, values={"amount": Decimal(400)}, actor=sales)
    update_payment(second.id, values={"amount": Decimal("100.00")}, actor=sales)
    assert get_contract(contract.id, actor=sales).planned == Decimal("700.01")
    assert [row.operation for row in logged(second)] == ["payment.create", "payment.update"]


def test_cust_16_it_is_due_the_payment_days_after_the_signing_unless_said_otherwise(world, sales):
    firm = make_firm(world)
    update_customer(firm.id, version=firm.version, values={"payment_days": 45}, actor=sales)
    draft = make_contract(firm, sales)
    with pytest.raises(Invalid) as refused:
        create_payment(contract_id=draft.id, amount=Decimal(1), actor=sales)
    assert [*refused.value.fields] == ["due_on"]
    signed = make_signed(firm, sales)
    made = create_payment(contract_id=signed.id, amount=Decimal(1), actor=sales)
    assert made.due_on == TODAY + timedelta(days=45)


def test_cust_16_what_a_contract_has_left_is_split_and_months_keep_the_day(world, sales):
    made = make_contract(make_firm(world), sales, "105.47")
    make_payment(made, sales, 100, date(2026, 1, 1))
    with pytest.raises(Invalid) as refused:
        plan_payments(made.id, parts=548, first_due_on=date(2026, 1, 31), actor=sales)
    assert [*refused.value.fields] == ["parts"]
    plan_payments(made.id, parts=3, first_due_on=date(2026, 1, 31), actor=sales)
    assert _instalments(made) == [
        ("2026-01-01", Decimal(100)),
        ("2026-01-31", Decimal("1.82")),
        ("2026-02-28", Decimal("1.82")),
        ("2026-03-31", Decimal("1.83")),
    ]
    yen = make_contract(make_firm(world), sales, 1000, currency="JPY")
    plan_payments(yen.id, parts=3, first_due_on=TODAY, actor=sales)
    assert [amount for _day, amount in _instalments(yen)] == [333, 333, 334]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"method": "barter"}, "method"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("600.01")}, "amount"),
    ],
)
def test_cust_16_a_wrong_receipt_is_told_under_its_field(contract, sales, finance, values, field):
    payment = make_payment(contract, sales, 600)
    given = {"received_on": TODAY, "method": "transfer", "amount": Decimal(1), **values}
    with pytest.raises(Invalid) as refused:
        record_receipt(payment.id, **given, actor=finance)
    assert [*refused.value.fields] == [field]


def test_cust_16_receipts_are_of_signed_contracts_and_corrected_by_a_counter_entry(
    world, contract, sales, finance
):
    draft = make_payment(make_contract(make_firm(world), sales), sales)
    with pytest.raises(Denied, match=r"payment\.not_signed"):
        make_receipt(draft, finance)
    payment = make_payment(contract, sales, 600)
    first = make_receipt(payment, finance, 250)
    make_receipt(payment, finance, 350)
    with pytest.raises(Denied, match=r"payment\.paid"):
        make_receipt(payment, finance, 1)
    counter = take_back_receipt(payment.id, receipt_id=first.id, reason="重复", actor=finance)
    assert (counter.amount, counter.corrects_id) == (Decimal(-250), first.id)
    for one in (first, counter):
        with pytest.raises(Denied, match=r"receipt\.corrected"):
            take_back_receipt(payment.id, receipt_id=one.id, reason="重复", actor=finance)
    with pytest.raises(Invalid):
        take_back_receipt(payment.id, receipt_id=10**6, reason="重复", actor=finance)
    assert len(db.session.scalars(receipts_of(payment)).all()) == 3
    found = get_payment(payment.id, actor=finance)
    assert (found.received, found.contract.received) == (Decimal(350), Decimal(350))
    assert [row.operation for row in logged(payment)][1:] == ["payment.receive"] * 2 + ["payment.take_back"]


def test_cust_18_a_receipt_is_not_taken_back_past_the_limit(world, sales, finance):
    firm = make_firm(world, limit="1000")
    payment = make_payment(make_signed(firm, sales, 1000), sales)
    receipt = make_receipt(payment, finance, 600)
    second = make_signed(firm, sales, 500)
    with pytest.raises(Denied, match=r"credit\.exceeded"):
        take_back_receipt(payment.id, receipt_id=receipt.id, reason="退票", actor=finance)
    assert credit_of(firm).line("CNY").exposure == 900
    end_contract(second.id, actor=sales)
    take_back_receipt(payment.id, receipt_id=receipt.id, reason="退票", actor=finance)
    assert credit_of(firm).line("CNY").exposure == 1000


def _found(spec, scope, name, actor):
    statement = spec.filter(name).apply(scope(actor), True, actor)
    return [one.id for one in db.session.scalars(statement)]


def test_cust_16_one_that_is_partly_paid_and_overdue_is_shown_as_both_and_found_by_both(
    contract, sales, finance
):
    """Half received, past due: on the instalment and on its contract."""
    payment = make_payment(contract, sales, 1000)
    make_receipt(payment, finance, 500)
    assert (payment.is_overdue, contract.is_overdue) == (False, False), "not on the due day itself"
    with clock.frozen(clock.end_of_day(TODAY)):
        found = get_payment(payment.id, actor=sales)
        assert (found.status, found.is_partly_paid, found.is_overdue, found.share_paid) == (
            "overdue",
            True,
            True,
            50,
        )
        assert (found.contract.is_partly_paid, found.contract.is_overdue) == (True, True)
        for name in ("partly_paid", "overdue"):
            assert _found(PAYMENTS, visible_payments, name, sales) == [payment.id]
            assert _found(CONTRACTS, visible_contracts, name, sales) == [contract.id]
        make_receipt(payment, finance)
        for name in ("partly_paid", "overdue"):
            assert _found(PAYMENTS, visible_payments, name, sales) == []
            assert _found(CONTRACTS, visible_contracts, name, sales) == []


def test_cust_16_the_kept_sums_are_those_of_the_rows(contract, sales, finance):
    plan_payments(contract.id, parts=3, first_due_on=TODAY, actor=sales)
    payments = [*db.session.scalars(payments_of_contract(contract).order_by(Payment.id))]
    make_receipt(payments[0], finance)
    receipt = make_receipt(payments[1], finance, 5)
    take_back_receipt(payments[1].id, receipt_id=receipt.id, reason="错", actor=finance)
    found, sums = get_contract(contract.id, actor=sales), sums_of(contract)
    assert (found.planned, found.received, found.next_due_on) == (
        sums.planned,
        sums.received,
        sums.next_due_on,
    )
    assert (sums.planned, sums.received, sums.next_due_on) == (1000, Decimal("333.33"), payments[1].due_on)


def test_cust_16_owners_are_reminded_once_and_settling_closes(world, sales, finance):
    firm = make_firm(world)
    ends = make_signed(firm, sales, ends_on=TODAY + timedelta(days=7))
    payment = make_payment(ends, sales, 500, TODAY + timedelta(days=7))
    make_payment(ends, sales, 500, TODAY + timedelta(days=8))
    make_contract(firm, sales, ends_on=TODAY)
    assert [*remind_of_deals(dry_run=True).values()] == [1, 1]
    assert [*remind_of_deals().values()] == [1, 1]
    assert [*remind_of_deals().values()] == [0, 0]
    assert sorted(one.title[:2] for one in _todos(sales)) == ["50", "Th"]
    make_receipt(payment, finance)
    assert len(_todos(sales)) == 1
    end_contract(ends.id, actor=sales)
    assert _todos(sales) == []


def test_cust_16_no_reminder_where_the_setting_is_0_and_none_of_a_voided_contract(world, sales):
    made = make_signed(make_firm(world), sales)
    make_payment(made, sales)
    REMINDER_DAYS.store(0)
    db.session.commit()
    assert [*remind_of_deals().values()] == [0, 0]
    REMINDER_DAYS.store(7)
    db.session.commit()
    remind_of_deals()
    assert len(_todos(sales)) == 1
    void_contract(made.id, actor=sales)
    assert _todos(sales) == []
    assert [*remind_of_deals().values()] == [0, 0]


def test_cust_16_who_is_not_responsible_may_not(world, contract, sales):
    payment = make_payment(contract, sales, 500)
    reader = world.actor("auditor")
    for call in (
        lambda: make_payment(contract, reader, 1),
        lambda: update_payment(payment.id, values={"amount": Decimal(1)}, actor=world.actor("auditor")),
        lambda: make_receipt(payment, reader),
    ):
        with pytest.raises(Denied) as refused:
            call()
        assert refused.value.status == 403
    assert Contract.__guarded__
    assert Payment.__guarded__
