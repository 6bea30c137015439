"""Changing a number by one who knows it: POOL-6, CUST-7, ACC-9, ACC-11."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.customers.numbers.services import change_phone
from app.customers.shared.settings import PHONE_ATTEMPTS
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Decision, NotFound
from tests.support.make import make_customer, make_member, make_platform_customer, next_phone
from tests.support.traces import claims, denied, invalid, nothing_written, operations, row_counts, stored


def _change(customer, actor, old=None, new=None):
    old = customer.phone.reveal() if old is None else old
    return change_phone(customer.id, old_phone=old, new_phone=new or next_phone(), actor=actor)


def _mask(number):
    return f"{number[:3]}****{number[-4:]}"


def test_pool_6_the_number_changes_and_both_are_logged_masked(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    old, new = made.phone.reveal(), next_phone()
    changed = _change(made, agent, old=f"+86 {old[:3]} {old[3:7]} {old[7:]}", new=new)
    assert (changed.phone.reveal(), stored(made.id)["version"]) == (new, 2)
    (row,) = operations(made, "customer.change_phone")
    assert row.differences == {"phone": [_mask(old), _mask(new)]}
    assert old not in repr(row.parameters) + row.sentence
    assert claims(made) == [f"o:{agent.id}"]


def test_pool_6_by_anyone_who_acts_on_a_platform_customer(world):
    made = make_platform_customer(world.actor("agent"), state="following")
    assert not isinstance(_change(made, world.actor("agent2")), Decision)
    assert claims(made) == [f"d:{made.department_id}"]


def test_pool_6_a_wrong_present_number_is_refused_and_kept_as_a_trace(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    before = row_counts()
    for typed in (next_phone(), "12", "", "不是号码"):
        verdict = _change(made, agent, old=typed)
        assert isinstance(verdict, Decision)
        assert not verdict
        assert (verdict.code, verdict.status, verdict.field) == ("customer.wrong_phone", 422, "old_phone")
    traces = operations(made, "customer.wrong_number")
    assert [row.actor_id for row in traces] == [agent.id] * 4
    assert {**before, "operation_log": before["operation_log"] + 4} == row_counts()
    assert stored(made.id)["phone_index"] == made.phone.index


def test_pool_6_attempts_are_limited_for_an_hour(world):
    agent, start = world.actor("agent"), clock.now()
    made = make_customer(agent)
    with clock.frozen(start):
        for _ in range(PHONE_ATTEMPTS.get()):
            assert isinstance(_change(made, agent, old=next_phone()), Decision)
        with denied("customer.too_many_attempts", 429):
            _change(made, agent, old=next_phone())
    with clock.frozen(start + timedelta(minutes=59)), denied("customer.too_many_attempts", 429):
        _change(made, agent)
    with clock.frozen(start + timedelta(minutes=61)):
        assert _change(made, agent).version == 2


def test_pool_6_attempts_count_per_person_and_customer(world):
    agent = world.actor("agent")
    made, other = make_customer(agent), make_customer(agent)
    for _ in range(PHONE_ATTEMPTS.get()):
        _change(made, agent, old=next_phone())
    assert _change(other, agent).version == 2
    assert _change(made, world.actor("manager")).version == 2


def test_pool_6_the_limit_is_a_setting(world):
    PHONE_ATTEMPTS.store(1)
    db.session.commit()
    made = make_customer(world.actor("agent"))
    _change(made, world.actor("agent"), old=next_phone())
    with denied("customer.too_many_attempts", 429):
        _change(made, world.actor("agent"))


@pytest.mark.parametrize("number", ["12345", "1380000000", "abc", "138000000000", "２３"])
def test_acc_11_the_new_number_must_be_one(world, number):
    made = make_customer(world.actor("agent"))
    with invalid("new_phone"):
        _change(made, world.actor("agent"), new=number)


def test_pool_6_the_present_number_is_no_new_one(world):
    made = make_customer(world.actor("agent"))
    with invalid("new_phone"):
        _change(made, world.actor("agent"), new=made.phone.reveal())


def test_pool_6_the_new_number_passes_the_duplicate_rules(world):
    agent = world.actor("agent")
    mine, made = make_customer(agent), make_customer(agent)
    with denied("customer.duplicate") as caught:
        _change(made, agent, new=mine.phone.reveal())
    assert caught.value.decision.details == {"rule": "own_personal", "customer_id": mine.id}
    assert stored(made.id)["phone_index"] == made.phone.index
    shared = make_platform_customer(world.actor("agent2"), state="following")
    with denied("customer.duplicate") as caught:
        _change(made, agent, new=shared.phone.reveal())
    assert caught.value.decision.details["rule"] == "platform_in_reach"
    with denied("customer.duplicate") as caught:
        _change(shared, agent, new=mine.phone.reveal())
    assert caught.value.decision.details == {"rule": "owner_in_department", "customer_id": mine.id}


def test_pool_6_duplicates_are_judged_by_the_owner_not_by_who_changes(world):
    theirs, regional = make_customer(world.actor("agent2")), world.actor("regional")
    own = make_customer(regional)
    assert _change(theirs, regional, new=own.phone.reveal()).version == 2


def test_pool_6_the_number_given_up_is_free_again(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    old = made.phone.reveal()
    _change(made, agent)
    assert make_customer(agent, phone=old)


def test_pool_6_readers_and_strangers_change_nothing(world):
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    for name in ("agent2", "auditor"):
        with denied("customer.read_only", 403):
            _change(made, world.actor(name))
    for name in ("agent3", "other_agent", "broker"):
        with nothing_written(), pytest.raises(NotFound):
            _change(made, world.actor(name))
