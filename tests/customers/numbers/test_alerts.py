"""ACC-10: a superior is told of a person who looks at unusually many numbers within an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.customers.numbers import services
from app.customers.numbers.services import reveal_phone
from app.customers.shared.settings import LOOKS_AN_HOUR
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.notices.models import Notification
from tests.support.make import make_customer, make_member
from tests.support.traces import denied, nothing_written, operations

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
LIMIT = 3


@pytest.fixture(autouse=True)
def limit(world):
    LOOKS_AN_HOUR.store(LIMIT)
    db.session.commit()


def _look(customer, actor, minute: float):
    with clock.frozen(NOON + timedelta(minutes=minute)):
        return reveal_phone(customer.id, purpose="回访", actor=actor)


def _describe_operation(*people) -> list[int]:
    db.session.commit()
    found = db.session.scalars(
        select(Notification).where(Notification.message.contains("looked at more than"))
    ).all()
    assert all(row.parameters == {"who": row.parameters["who"], "n": str(LIMIT)} for row in found)
    return [row.recipient_id for row in found]


def test_acc_10_the_manager_is_told_when_somebody_passes_the_limit(world):
    agent, made = world.actor("agent"), make_customer(world.actor("agent"))
    for minute in range(LIMIT):
        _look(made, agent, minute)
        assert _describe_operation() == []
    _look(made, agent, LIMIT)
    assert _describe_operation() == [world.actor("manager").id]
    (row,) = db.session.scalars(
        select(Notification).where(Notification.recipient_id == world.actor("manager").id)
    ).all()
    assert row.parameters["who"] == agent.name
    assert len(operations(made, "customer.reveal_phone")) == LIMIT + 1


def test_acc_10_once_for_as_long_as_it_lasts_and_again_after_it(world):
    agent, made = world.actor("agent"), make_customer(world.actor("agent"))
    for minute in (0, 10, 20, 30, 40, 61, 72):  # at 61 and 72 there are again more than the limit
        _look(made, agent, minute)
    assert len(_describe_operation()) == 1
    for minute in (200, 201, 202):
        _look(made, agent, minute)
    assert len(_describe_operation()) == 1
    _look(made, agent, 203)
    assert len(_describe_operation()) == 2


def test_acc_10_looks_of_more_than_an_hour_are_usual(world):
    agent, made = world.actor("agent"), make_customer(world.actor("agent"))
    for minute in (0, 20, 40, 60, 80, 100, 120):  # never a fourth within sixty minutes
        _look(made, agent, minute)
    assert _describe_operation() == []


def test_acc_10_everybodys_looks_count_for_themselves(world):
    made = make_customer(world.actor("agent"))
    for minute in range(LIMIT):
        _look(made, world.actor("agent"), minute)
        _look(made, world.actor("manager"), minute)
    assert _describe_operation() == []


@pytest.mark.parametrize(("looker", "superior"), [("manager", "regional"), ("regional", None)])
def test_acc_10_of_a_manager_the_next_one_above_is_told(world, looker, superior):
    made = make_customer(world.actor("agent"))
    for minute in range(LIMIT + 1):
        _look(made, world.actor(looker), minute)
    assert _describe_operation() == ([world.actor(superior).id] if superior else [])


def test_acc_10_a_refused_look_tells_nobody(world):
    made, closed = make_customer(world.actor("agent")), make_customer(world.actor("agent2"))
    make_member(closed, world.actor("agent"), "read")
    for minute in range(LIMIT):
        _look(made, world.actor("agent"), minute)
    with denied("customer.reveal_personal", 403):
        _look(closed, world.actor("agent"), LIMIT)
    assert _describe_operation() == []


def test_acc_10_the_notice_stands_and_falls_with_the_look(world, monkeypatch):
    made = make_customer(world.actor("agent"))
    for minute in range(LIMIT):
        _look(made, world.actor("agent"), minute)

    @transactional
    def look_and_fail():
        _look(made, world.actor("agent"), LIMIT)
        raise RuntimeError

    with nothing_written(), pytest.raises(RuntimeError):
        look_and_fail()
    monkeypatch.setattr(services, "report_frequent_reveals", lambda *_: 1 / 0)
    with nothing_written(), pytest.raises(ZeroDivisionError):
        _look(made, world.actor("agent"), LIMIT)
