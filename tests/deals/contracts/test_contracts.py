"""Contracts: drawn up, signed within the credit, ended, reopened, voided: CUST-16, CUST-18."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.customers.profile.services import update_customer
from app.customers.transfers.services import transfer_customer
from app.deals.contracts.models import Contract
from app.deals.contracts.queries import get_contract, visible_contracts
from app.deals.contracts.services import (
    end_contract,
    reopen_contract,
    sign_contract,
    update_contract,
    void_contract,
)
from app.deals.credit.queries import credit_of
from app.deals.credit.services import set_credit
from app.deals.credit.settings import OVERDUE_STOPS_SIGNING
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound, Stale
from app.notices.models import Notification
from tests.support.databases.statements import count_statements
from tests.support.deals import logged, make_contract, make_firm, make_payment, make_receipt, make_signed
from tests.support.make import make_customer, make_member, make_push
from tests.support.traces import operations, stored

TODAY = date(2026, 1, 31)


@pytest.fixture
def sales(world):
    return world.actor("sales")


def _notices(actor):
    return [
        one.message
        for one in db.session.scalars(select(Notification).where(Notification.recipient_id == actor.id))
    ]


def test_cust_16_a_new_contract_is_a_draft_of_its_author_with_a_number(world, sales):
    made = make_contract(make_firm(world), sales, "1,000.50".replace(",", ""), starts_on=TODAY)
    assert (made.state, made.owner_id, made.currency, made.amount) == (
        "draft",
        sales.id,
        "CNY",
        Decimal("1000.50"),
    )
    assert made.code.startswith("CON")
    assert [row.operation for row in logged(made)] == ["contract.create"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(1)}, "ends_on"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "DEM"}, "currency"),
        ({"currency": "JPY", "amount": "10.50"}, "amount"),
        ({"amount": "-1"}, "amount"),
    ],
)
def test_cust_16_wrong_values_are_told_under_their_field(world, sales, values, field):
    firm = make_firm(world)
    with pytest.raises(Invalid) as refused:
        make_contract(firm, sales, **values)
    assert [*refused.value.fields] == [field]
    made = make_contract(firm, sales)
    changed = {**values, **({"amount": Decimal(values["amount"])} if "amount" in values else {})}
    with pytest.raises(Invalid) as refused:
        update_contract(made.id, values=changed, actor=sales)
    assert [*refused.value.fields] == [field]


def test_cust_16_signing_wins_the_customer_grades_it_and_makes_a_lead_ordinary(app, world, sales):
    firm = make_firm(world, limit="5000", annual_revenue=Decimal(600_000), cooperation_years=Decimal(2))
    made = make_contract(firm, world.actor("sales"), 5000)
    before = stored(firm.id)
    assert (before["deal_status"], before["stage"], before["grade"]) == ("potential", "lead", "D")
    with count_statements(app) as seen:
        sign_contract(made.id, actor=sales)
    assert len(seen) <= 15, (len(seen), *seen)
    after = stored(firm.id)
    assert (after["deal_status"], after["stage"], after["grade"]) == ("won", "ordinary", "B")
    assert operations(firm)[-1].differences == {
        "deal_status": ["potential", "won"], "stage": ["lead", "ordinary"], "grade": ["D", "B"],
    }  # fmt: skip
    signed = get_contract(made.id, actor=sales)
    assert (signed.state, signed.is_in_force) == ("signed", True)
    assert logged(signed)[-1].differences == {"state": ["draft", "signed"]}


def test_cust_18_exactly_the_limit_is_allowed_and_a_cent_more_is_not(world, sales):
    firm = make_firm(world, limit="1000.00")
    over = make_contract(firm, sales, "1000.01")
    with pytest.raises(Denied) as refused:
        sign_contract(over.id, actor=sales)
    decision = refused.value.decision
    assert (decision.code, decision.status) == ("credit.exceeded", 409)
    assert decision.details == {"currency": "CNY", "limit": 1000.0, "exposure": 0.0, "remaining": 1000.0}
    assert get_contract(over.id, actor=sales).state == "draft"
    assert stored(firm.id)["deal_status"] == "potential"
    make_signed(firm, sales, "1000.00")


@pytest.mark.parametrize("limit", ["0", ""])
def test_cust_18_a_limit_of_zero_and_none_both_refuse(world, sales, limit):
    made = make_contract(make_firm(world, limit=limit), sales, "0.01")
    with pytest.raises(Denied, match=r"credit\.exceeded"):
        sign_contract(made.id, actor=sales)


def test_cust_18_a_limit_is_of_its_currency_and_credit_that_is_off_checks_nothing(world, sales):
    firm = make_firm(world, limit="1000", currency="USD")
    with pytest.raises(Denied, match=r"credit\.exceeded"):
        make_signed(firm, sales, 1)
    make_signed(firm, sales, 1000, currency="USD")
    make_signed(make_firm(world), sales, 10**9)


def test_cust_18_sign_end_sign_another_reopen_is_refused(world, sales):
    firm = make_firm(world, limit="1000000")
    first = make_signed(firm, sales, 800_000)
    second = make_contract(firm, sales, 800_000)
    with pytest.raises(Denied, match=r"credit\.exceeded"):
        sign_contract(second.id, actor=sales)
    end_contract(first.id, reason="提前结束", actor=sales)
    sign_contract(second.id, actor=sales)
    with pytest.raises(Denied, match=r"credit\.exceeded"):
        reopen_contract(first.id, actor=sales)
    assert credit_of(firm).line("CNY").exposure == 800_000
    void_contract(second.id, actor=sales)
    assert reopen_contract(first.id, actor=sales).state == "signed"


def test_cust_18_a_higher_amount_and_another_currency_of_a_signed_contract_are_checked(world, sales):
    firm = make_firm(world, limit="1000")
    made = make_signed(firm, sales, 900)
    for values in ({"amount": Decimal("1000.01")}, {"currency": "USD"}):
        with pytest.raises(Denied, match=r"credit\.exceeded"):
            update_contract(made.id, values=values, actor=sales)
    assert update_contract(made.id, values={"amount": Decimal(1000)}, actor=sales).amount == 1000
    assert update_contract(made.id, values={"amount": Decimal(1)}, actor=sales).amount == 1
    draft = make_contract(firm, sales, 1)
    assert update_contract(draft.id, values={"amount": Decimal(10**6)}, actor=sales).amount == 10**6


def test_cust_18_receipts_free_credit_and_overdue_ones_stop_signing_where_that_is_set(world, sales):
    finance = world.actor("finance")
    firm = make_firm(world, limit="1000")
    payment = make_payment(make_signed(firm, sales, 1000), sales)
    make_receipt(payment, finance, 400)
    assert credit_of(firm).line("CNY").remaining == 400
    fresh = make_contract(firm, sales, 100)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert credit_of(firm).line("CNY").overdue == 600
        OVERDUE_STOPS_SIGNING.store(value=True)
        db.session.commit()
        with pytest.raises(Denied, match=r"credit\.overdue"):
            sign_contract(fresh.id, actor=sales)
        OVERDUE_STOPS_SIGNING.store(value=False)
        db.session.commit()
        assert sign_contract(fresh.id, actor=sales).state == "signed"


def test_cust_16_states_lead_only_where_they_lead(world, sales):
    firm = make_firm(world)
    deeds = {"sign": sign_contract, "end": end_contract, "reopen": reopen_contract, "void": void_contract}
    allowed = {"draft": {"sign", "void"}, "signed": {"end", "void"}, "ended": {"reopen"}, "voided": set()}
    for state, lawful in allowed.items():
        for name, deed in deeds.items():
            made = make_contract(firm, sales)
            for step in {"signed": (sign_contract,), "ended": (sign_contract, end_contract)}.get(state, ()):
                step(made.id, actor=sales)
            if state == "voided":
                void_contract(made.id, actor=sales)
            if name in lawful:
                deed(made.id, actor=sales)
            else:
                with pytest.raises(Denied) as refused:
                    deed(made.id, actor=sales)
                assert (refused.value.status, refused.value.code) == (409, f"contract.{state}"), (state, name)


def test_cust_16_one_with_receipts_is_not_voided_and_its_instalments_hold_amount_and_currency(world, sales):
    made = make_signed(make_firm(world), sales, 1000)
    make_receipt(make_payment(made, sales, 600), world.actor("finance"), 1)
    with pytest.raises(Denied, match=r"contract\.has_receipts"):
        void_contract(made.id, actor=sales)
    with pytest.raises(Invalid) as refused:
        update_contract(made.id, values={"amount": Decimal("599.99")}, actor=sales)
    assert [*refused.value.fields] == ["amount"]
    with pytest.raises(Denied, match=r"contract\.has_instalments"):
        update_contract(made.id, values={"currency": "USD"}, actor=sales)


def test_cust_16_an_edit_over_a_newer_save_is_refused(world, sales):
    made = make_contract(make_firm(world), sales)
    update_contract(made.id, values={"title": "新名"}, version=1, actor=sales)
    with pytest.raises(Stale):
        update_contract(made.id, values={"title": "旧名"}, version=1, actor=sales)


def test_cust_16_the_owner_is_told_of_what_another_does(world, sales):
    firm, admin = make_firm(world), world.actor("admin")
    made = make_contract(firm, admin, owner_id=sales.id)
    sign_contract(made.id, actor=admin)
    assert _notices(sales)[-2:] == [
        "%(who)s drew up the contract %(code)s with %(name)s for you",
        "%(who)s signed the contract %(code)s with %(name)s",
    ]


def test_cust_2_a_disabled_customer_takes_no_contract(world, sales):
    firm = make_firm(world)
    draft = make_contract(firm, sales)
    update_customer(firm.id, version=firm.version, values={"enabled": False}, actor=sales)
    for call in (lambda: make_contract(firm, sales), lambda: sign_contract(draft.id, actor=sales)):
        with pytest.raises(Denied, match=r"customer\.disabled"):
            call()


def test_cust_15_who_opens_the_customer_reads_all_and_a_helper_their_own(world, sales):
    firm = make_firm(world)
    made = make_contract(firm, sales)
    helper, reader, asked = (world.actor(name) for name in ("agent", "agent2", "agent3"))
    make_member(firm, helper)
    make_member(firm, reader, "read")
    make_push(firm, receiver=asked)
    own = make_contract(firm, helper)

    def seen(actor):
        return set(db.session.scalars(visible_contracts(actor).with_only_columns(Contract.id)))

    everything = {made.id, own.id}
    for name in ("sales", "agent", "agent2", "finance", "auditor", "admin"):
        assert seen(world.actor(name)) == everything, name
    assert seen(asked) == seen(world.actor("other_agent")) == set()
    with pytest.raises(Denied, match=r"contract\.not_responsible"):
        sign_contract(made.id, actor=reader)
    with pytest.raises(NotFound):
        sign_contract(made.id, actor=world.actor("other_agent"))
    transfer_customer(firm.id, owner_id=world.actor("manager2").id, reason="换人", actor=sales)
    assert seen(sales) == set()


def test_cust_32_drafts_and_those_in_force_follow_the_new_owner_and_closed_ones_stay(world, sales):
    firm, receiver = make_firm(world), world.actor("agent")
    contracts = [
        make_contract(firm, sales),
        make_signed(firm, sales),
        make_signed(firm, sales),
        make_contract(firm, sales),
    ]
    payment = make_payment(contracts[1], sales, 500)
    paid = make_payment(contracts[1], sales, 100)
    make_receipt(paid, world.actor("finance"))
    end_contract(contracts[2].id, actor=sales)
    void_contract(contracts[3].id, actor=sales)
    states = [(one.state, one.amount) for one in contracts]
    transfer_customer(firm.id, owner_id=receiver.id, reason="换人", actor=sales)
    admin = world.actor("admin")
    after = [get_contract(one.id, actor=admin) for one in contracts]
    assert [one.owner_id for one in after] == [receiver.id, receiver.id, sales.id, sales.id]
    assert [(one.state, one.amount) for one in after] == states
    assert [one.owner_id for one in (payment, paid)] == [receiver.id, sales.id]
    assert logged(after[0])[-1].differences == {"owner": ["马思齐", "陈晓雯"]}


def test_cust_17_limits_have_a_history_and_only_enterprises_have_any(world):
    finance, firm = world.actor("finance"), make_firm(world, limit="1000")
    set_credit(
        firm.id, credit_enabled=True, currency="CNY", amount=Decimal(2000), reason="年审", actor=finance
    )
    set_credit(firm.id, credit_enabled=True, currency="CNY", amount=None, actor=finance)
    assert credit_of(firm).line("CNY").limit is None
    logged = [row.differences for row in operations(firm) if row.operation == "customer.set_credit"]
    assert logged == [
        {"credit_enabled": ["False", "True"], "credit_limit": ["", "1,000.00 CNY"]},
        {"credit_limit": ["1,000.00 CNY", "2,000.00 CNY"]},
        {"credit_limit": ["2,000.00 CNY", ""]},
    ]
    person = make_customer(world.actor("agent"))
    with pytest.raises(Denied, match=r"credit\.of_enterprises"):
        set_credit(person.id, credit_enabled=True, actor=finance)
    for wrong in (
        {"currency": "ABC", "amount": Decimal(1)},
        {"currency": "JPY", "amount": Decimal("0.5")},
        {"amount": Decimal(1)},
    ):
        with pytest.raises(Invalid):
            set_credit(firm.id, credit_enabled=True, **wrong, actor=finance)


def test_cust_16_in_force_is_within_its_dates_by_shanghai_days(world, sales):
    made = make_signed(make_firm(world), sales, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))
    for moment, expected in (
        ("2026-02-28T23:59:59+08:00", False),
        ("2026-03-01T00:00:00+08:00", True),
        ("2026-03-31T23:59:59+08:00", True),
        ("2026-04-01T00:00:00+08:00", False),
    ):
        with clock.frozen(clock.datetime.fromisoformat(moment)):
            assert made.is_in_force is expected, moment
