"""One number, one customer in the whole system: CUST-7 with ``dedupe_mode = global``, CUST-8."""

from __future__ import annotations

import pytest

from app.customers.numbers.services import change_phone
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.database.session import db
from tests.support.make import make_customer, make_platform_customer, next_phone
from tests.support.traces import claims, denied

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def one_number_one_customer(world):
    DEDUPE_MODE.store("global")
    db.session.commit()


def test_cust_7_global_refuses_every_second_holder(world):
    first = make_customer(world.actor("agent"))
    number = first.phone.reveal()
    assert claims(first) == ["g"]
    for name in ("agent", "agent2", "agent3", "regional", "other_agent"):
        with denied("customer.duplicate") as caught:
            make_customer(world.actor(name), phone=number)
        assert caught.value.decision.details["rule"] == "global"
    with denied("customer.duplicate"):
        make_customer(
            world.actor("agent3"), pool="platform", handler_id=world.actor("agent3").id, phone=number
        )


def test_cust_8_global_links_only_where_it_can_be_opened(world):
    first = make_customer(world.actor("agent"))
    number = first.phone.reveal()
    seen = {}
    for name in ("agent", "manager", "regional", "agent2", "agent3", "other_agent"):
        with denied("customer.duplicate") as caught:
            make_customer(world.actor(name), phone=number)
        decision = caught.value.decision
        seen[name] = decision.details.get("customer_id")
        assert (decision.link == f"/customers/{first.id}") is (seen[name] == first.id)
        assert first.code not in str(decision.message)
    assert seen == {
        "agent": first.id, "manager": first.id, "regional": first.id,
        "agent2": None, "agent3": None, "other_agent": None,
    }  # fmt: skip


def test_cust_7_global_counts_platform_customers_too(world):
    west = make_platform_customer(world.actor("agent3"), state="following")
    with denied("customer.duplicate") as caught:
        make_customer(world.actor("agent"), phone=west.phone.reveal())
    assert caught.value.decision.details["rule"] == "global"


def test_pool_6_global_rules_a_changed_number_too(world):
    taken = make_customer(world.actor("agent3")).phone.reveal()
    mine = make_customer(world.actor("agent"))
    with denied("customer.duplicate"):
        change_phone(mine.id, old_phone=mine.phone.reveal(), new_phone=taken, actor=world.actor("agent"))


def test_cust_7_a_number_that_was_given_up_is_free(world):
    agent, new = world.actor("agent"), next_phone()
    mine = make_customer(agent)
    old = mine.phone.reveal()
    change_phone(mine.id, old_phone=old, new_phone=new, actor=agent)
    assert claims(mine) == ["g"]
    assert make_customer(world.actor("agent3"), phone=old)
    with denied("customer.duplicate"):
        make_customer(world.actor("agent3"), phone=new)
