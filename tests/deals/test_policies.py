"""Who may do what with contracts, instalments and credit, as complete tables: CUST-16, CUST-18, ACC-16."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.deals.contracts import policies as contracts
from app.deals.contracts.policies import ContractFacts
from app.deals.credit.policies import (
    Credit,
    CreditLine,
    can_raise_exposure,
    can_set_credit,
    can_sign_despite_overdue,
)
from app.deals.payments import policies as payments
from app.kernel.access.actor import Actor

EAST, WEST, OWNER = 3, 4, 10
ACTORS = {
    "owner": Actor(id=OWNER, username="", name="", department_id=EAST),
    "superior": Actor(id=11, username="", name="", department_id=EAST, managed=frozenset({EAST})),
    "scope_over_owner": Actor(id=12, username="", name="", department_id=WEST, scope=frozenset({EAST, WEST})),
    "admin": Actor(id=13, username="", name="", is_admin=True, sees_all=True),
    "answers_for_customer": Actor(id=14, username="", name="", department_id=WEST),
    "reads_customer": Actor(id=15, username="", name="", department_id=WEST),
    "auditor": Actor(id=16, username="", name="", department_id=WEST, reads_all=True),
}
MAY = {"owner", "superior", "scope_over_owner", "admin", "answers_for_customer"}
STATES = ("draft", "signed", "ended", "voided")
# Rule → what it answers in each state: y, or the code's last part.
ON_CONTRACTS = {
    contracts.can_edit_contract: "y y ended voided",
    contracts.can_sign_contract: "y signed ended voided",
    contracts.can_end_contract: "draft y ended voided",
    contracts.can_reopen_contract: "draft signed y voided",
    contracts.can_void_contract: "y y ended voided",
    payments.can_plan: "y y contract_closed contract_closed",
}
ON_PAYMENTS = {
    payments.can_edit_payment: "y y y contract_voided",
    payments.can_receive: "not_signed y y not_signed",
    payments.can_take_back: "nothing_received " * 4,
}


def _contract(state, **values):
    customer = SimpleNamespace(enabled=True)
    owner = SimpleNamespace(id=OWNER, department_id=EAST)
    given = {"planned": Decimal(0), "amount": Decimal(10), "received": Decimal(0), **values}
    return SimpleNamespace(state=state, customer=customer, owner=owner, **given)


def _payment(state, **values):
    contract = _contract(state)
    given = {"received": Decimal(0), "is_paid": False, **values}
    return SimpleNamespace(contract=contract, owner=contract.owner, **given)


@pytest.mark.parametrize("who", ACTORS)
def test_cust_16_each_rule_asks_the_person_before_the_state(who):
    facts, found, expected = ContractFacts(answers=who == "answers_for_customer"), {}, {}
    for table, make in ((ON_CONTRACTS, _contract), (ON_PAYMENTS, _payment)):
        for rule, row in table.items():
            for state, answer in zip(STATES, row.split(), strict=True):
                verdict = rule(ACTORS[who], make(state), facts)
                found[rule.__name__, state] = (
                    (verdict.status, verdict.code.split(".")[-1]) if not verdict else "y"
                )
                expected[rule.__name__, state] = (
                    (403, "not_responsible") if who not in MAY else answer if answer == "y" else (409, answer)
                )
    assert found == expected


def test_cust_16_what_is_paid_planned_or_received_is_no_longer_open():
    owner, facts = ACTORS["owner"], ContractFacts()
    full = _contract("signed", planned=Decimal(10))
    assert payments.can_plan(owner, full, facts).code == "payment.planned"
    paid = _payment("signed", received=Decimal(10), is_paid=True)
    assert payments.can_receive(owner, paid, facts).code == "payment.paid"
    assert payments.can_edit_payment(owner, paid, facts).code == "payment.paid"
    assert payments.can_take_back(owner, paid, facts)
    received = _contract("signed", received=Decimal(1))
    assert contracts.can_void_contract(owner, received, facts).code == "contract.has_receipts"


@pytest.mark.parametrize(
    ("enabled", "limit", "exposure", "by", "code"),
    [
        (True, "100", "40", "60", ""),
        (True, "100", "40", "60.01", "credit.exceeded"),
        (True, "0", "0", "0.01", "credit.exceeded"),
        (True, None, "0", "0.01", "credit.exceeded"),
        (True, None, "0", "0", ""),
        (True, "100", "150", "-10", ""),
        (False, None, "0", "1000", ""),
    ],
)
def test_cust_18_no_limit_counts_as_zero_and_only_what_raises_is_asked(enabled, limit, exposure, by, code):
    line = CreditLine(None if limit is None else Decimal(limit), Decimal(exposure))
    credit = Credit(enabled, {"CNY": line})
    assert can_raise_exposure(credit, "CNY", Decimal(by)).code == code


def test_cust_18_an_overdue_instalment_stops_signing_only_where_that_is_set():
    overdue = Credit(lines={"USD": CreditLine(overdue=Decimal(1))})
    assert can_sign_despite_overdue(overdue, overdue_stops=False)
    assert can_sign_despite_overdue(overdue, overdue_stops=True).code == "credit.overdue"
    assert can_sign_despite_overdue(Credit(), overdue_stops=True)


def test_cust_17_only_enterprises_have_a_credit():
    for kind, code in (("enterprise", ""), ("individual", "credit.of_enterprises")):
        assert can_set_credit(ACTORS["admin"], SimpleNamespace(kind=kind)).code == code
