"""CUST-12, ACC-9, ACC-10: bank accounts; open to the owner and Finance, each look recorded."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.customers.accounts.models import BankAccount
from app.customers.accounts.queries import accounts_of
from app.customers.accounts.services import (
    add_account,
    delete_account,
    make_default_account,
    reveal_account,
    revealed_account,
    update_account,
)
from app.customers.numbers.models import NumberReveal
from app.customers.shared.settings import ADMIN_MAY_REVEAL
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.fields.account_numbers import canonical_account_number
from tests.support.make import make_customer, make_member
from tests.support.traces import denied, invalid, operations

NUMBER = "6222 0212 3456 7890 123"


@pytest.fixture
def agent(world):
    return world.actor("agent")


@pytest.fixture
def made(agent):
    return make_customer(agent, kind="enterprise")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (NUMBER, "6222021234567890123"),
        ("6222－0212　3456", "622202123456"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_cust_12_an_account_number_is_read_as_people_type_it(typed, kept):
    assert canonical_account_number(typed) == kept


@pytest.mark.parametrize("typed", ["12345", "X" * 10, "1" * 35, "6222_0212", ""])
def test_cust_12_what_is_no_account_number_is_refused(typed):
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        canonical_account_number(typed)


def test_acc_9_the_number_is_encrypted_and_masked(agent, made):
    account = add_account(made.id, bank="工商银行", account_number=NUMBER, payee="天成", actor=agent)
    table = BankAccount.__table__
    row = dict(db.session.execute(scoped(select(table).where(table.c.id == account.id))).mappings().one())
    assert row["number_masked"] == "**** 0123"
    assert "6222021234567890123" not in str(row)
    [logged] = operations(made, "customer.add_bank_account")
    assert logged.differences == {"account_number": ["", "**** 0123"]}
    with invalid("account_number"):
        add_account(made.id, bank="x", account_number="123", actor=agent)
    with denied("account.known"):
        add_account(made.id, bank="x", account_number="6222021234567890123", actor=agent)


def test_cust_12_one_default_account(agent, made):
    first = add_account(made.id, bank="甲", account_number="111111", is_default=True, actor=agent)
    second = add_account(made.id, bank="乙", account_number="222222", is_default=True, actor=agent)

    def default():
        return [one.bank for one in db.session.scalars(accounts_of(made).where(BankAccount.is_default))]

    assert default() == ["乙"]
    make_default_account(first.id, actor=agent)
    assert default() == ["甲"]
    with denied("account.is_default"):
        make_default_account(first.id, actor=agent)
    update_account(second.id, values={"is_default": True, "bank": "丙"}, actor=agent)
    assert default() == ["丙"]
    [logged] = operations(made, "customer.update_bank_account")
    assert logged.differences == {"account_bank": ["乙", "丙"], "account_is_default": ["", "✓"]}
    delete_account(second.id, actor=agent)
    assert default() == []


def test_acc_10_accounts_open_to_the_owner_and_finance_and_each_look_is_recorded(world, agent, made):
    account = add_account(made.id, bank="工商银行", account_number=NUMBER, actor=agent)
    make_member(made, world.actor("agent3"), "write")
    for name in ("manager", "agent3", "admin"):
        with denied("account.owner_and_finance", 403):
            reveal_account(account.id, purpose="x", actor=world.actor(name))
    for name in ("agent", "finance"):
        actor = world.actor(name)
        look = reveal_account(account.id, purpose="对账", actor=actor)
        assert revealed_account(look, actor) == "6222021234567890123"
    looks = db.session.scalars(select(NumberReveal).order_by(NumberReveal.id)).all()
    assert [(one.bank_account_id, one.number_masked, one.purpose) for one in looks] == [
        (account.id, "**** 0123", "对账")
    ] * 2
    assert len(operations(made, "customer.reveal_account")) == 2
    ADMIN_MAY_REVEAL.store(value=True)
    db.session.commit()
    assert reveal_account(account.id, purpose="x", actor=world.actor("admin"))


def test_cust_21_only_the_responsible_keep_accounts(world, agent, made):
    account = add_account(made.id, bank="工商银行", account_number=NUMBER, actor=agent)
    with denied("customer.not_responsible", 403):
        update_account(account.id, values={"bank": "x"}, actor=world.actor("finance"))
    update_account(account.id, values={"account_number": "6222000011112222"}, actor=world.actor("manager"))
    assert str(db.session.get(BankAccount, account.id).number) == "**** 2222"
