"""CUST-8: a refused duplicate names what the person can open, their own first, and says only what is true."""

from __future__ import annotations

import pytest

from app.customers.duplicates.services import COLLEAGUE, ELSEWHERE
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.database.session import db
from app.kernel.errors import Denied
from tests.support.make import make_customer, make_platform_customer, next_phone


def refusal(attempt) -> Denied:
    with pytest.raises(Denied) as caught:
        attempt()
    db.session.rollback()
    assert caught.value.code == "customer.duplicate"
    return caught.value.decision


def test_cust_8_of_several_one_that_can_be_opened_is_named(world):
    phone = next_phone()
    make_customer(world.actor("agent3"), phone=phone)
    make_customer(world.actor("agent2"), phone=phone)
    mine = make_customer(world.actor("agent"), phone=phone)
    DEDUPE_MODE.store("global")
    db.session.commit()
    for name in ("agent", "manager"):
        found = refusal(lambda name=name: make_customer(world.actor(name), phone=phone))
        named = found.details["customer_id"]
        assert named == mine.id if name == "agent" else named != mine.id
        assert found.link == f"/customers/{named}"


def test_cust_8_ones_own_comes_first(world):
    phone = next_phone()
    theirs = make_customer(world.actor("agent"), phone=phone)
    own = make_customer(world.actor("manager"), phone=phone)
    assert theirs.id < own.id
    DEDUPE_MODE.store("global")
    db.session.commit()
    found = refusal(lambda: make_customer(world.actor("manager"), phone=phone))
    assert found.details["customer_id"] == own.id


def test_cust_8_another_department_is_said_only_where_it_is_true(world):
    near, far = next_phone(), next_phone()
    make_customer(world.actor("agent2"), phone=near)
    make_platform_customer(world.actor("agent3"), phone=far)
    agent = world.actor("agent")
    found = refusal(lambda: make_platform_customer(agent, phone=near))
    assert found.message == COLLEAGUE
    assert "customer_id" not in found.details
    assert found.link == ""
    DEDUPE_MODE.store("global")
    db.session.commit()
    found = refusal(lambda: make_customer(agent, phone=far))
    assert found.message == ELSEWHERE
    assert found.details == {"rule": "global"}
