"""Whatever raises one customer's exposure, at once, with real threads on both databases: CUST-18."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from app.audit.services import verify
from app.deals.contracts.queries import get_contract
from app.deals.contracts.services import (
    create_contract,
    end_contract,
    reopen_contract,
    sign_contract,
    update_contract,
)
from app.deals.credit.queries import credit_of
from app.deals.payments.queries import get_payment
from app.deals.payments.services import create_payment, record_receipt, take_back_receipt
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.databases.race import race, sorted_out
from tests.support.deals import make_contract, make_firm, make_payment, make_receipt, make_signed

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _chains_hold_afterwards(world):
    yield
    db.session.commit()
    assert list(verify()) == []
    db.session.rollback()


def _line(customer):
    db.session.commit()
    db.session.expire_all()
    return credit_of(customer).line("CNY")


def test_cust_18_of_sixteen_signings_only_those_within_the_limit(app, world):
    sales = world.actor("sales")
    firm = make_firm(world, limit="1000")
    pks = [make_contract(firm, sales, 300).id for _ in range(16)]
    won, codes = sorted_out(race(app, [partial(sign_contract, pk, actor=sales) for pk in pks]))
    assert (len(won), codes) == (3, ["credit.exceeded"] * 13)
    assert _line(firm).exposure == Decimal(900)


def test_cust_18_signings_amendments_reopenings_and_receipts_taken_back_share_one_lock(app, world):
    """Sixteen deeds of four kinds, each of 200, where 500 remain: two of them, whichever come first."""
    sales, finance = world.actor("sales"), world.actor("finance")
    firm = make_firm(world, limit="10000")
    drafts = [make_contract(firm, sales, 200).id for _ in range(4)]
    raised = [make_signed(firm, sales, 500).id for _ in range(4)]
    ended = [end_contract(make_signed(firm, sales, 200).id, actor=sales).id for _ in range(4)]
    receipts = []
    for _ in range(4):
        payment = make_payment(make_signed(firm, sales, 200), sales)
        receipts.append((payment.id, make_receipt(payment, finance).id))
    more = make_signed(firm, sales, 10000 - 4 * 500 - 500)
    assert _line(firm).remaining == Decimal(500), more.amount
    calls = [
        *(partial(sign_contract, pk, actor=sales) for pk in drafts),
        *(partial(update_contract, pk, values={"amount": Decimal(700)}, actor=sales) for pk in raised),
        *(partial(reopen_contract, pk, actor=sales) for pk in ended),
        *(
            partial(take_back_receipt, pk, receipt_id=one, reason="退票", actor=finance)
            for pk, one in receipts
        ),
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (2, ["credit.exceeded"] * 14)
    assert _line(firm).exposure == Decimal(9900)


def test_cust_16_instalments_and_receipts_at_once_never_pass_contract_or_instalment(app, world):
    sales, finance = world.actor("sales"), world.actor("finance")
    contract = make_signed(make_firm(world), sales, 1000)
    plan = partial(create_payment, contract_id=contract.id, due_on=clock.today(), actor=sales)
    outcomes = race(app, [partial(plan, amount=Decimal(400)) for _ in range(6)])
    planned = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(planned) == 2
    receive = partial(record_receipt, planned[0].id, received_on=clock.today(), method="cash", actor=finance)
    outcomes = race(app, [partial(receive, amount=Decimal(150)) for _ in range(6)])
    assert sum(not isinstance(one, Exception) for one in outcomes) == 2
    contract = get_contract(contract.id, actor=sales)
    assert (contract.planned, contract.received) == (Decimal(800), Decimal(300))


def test_cust_16_of_four_takings_back_of_one_receipt_one_counts(app, world):
    sales, finance = world.actor("sales"), world.actor("finance")
    payment = make_payment(make_signed(make_firm(world), sales), sales)
    receipt = make_receipt(payment, finance, 600)
    make_receipt(payment, finance, 100)
    take = partial(take_back_receipt, payment.id, receipt_id=receipt.id, reason="重复", actor=finance)
    won, codes = sorted_out(race(app, [take] * 4))
    assert (len(won), codes) == (1, ["receipt.corrected"] * 3)
    assert get_payment(payment.id, actor=sales).received == Decimal(100)


def test_cust_16_contracts_drawn_up_at_once_have_numbers_of_their_own(app, world):
    sales = world.actor("sales")
    firm = make_firm(world)
    call = partial(create_contract, customer_id=firm.id, title="框架", amount=Decimal(1), actor=sales)
    won, codes = sorted_out(race(app, [call] * 8))
    assert (len({one.code for one in won}), codes) == (8, [])
