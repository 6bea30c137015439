"""Unshelving: POOL-7, POOL-8, ACC-6, PLAT-1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.customers.follow_ups.services import follow_up
from app.kernel import clock
from app.kernel.errors import NotFound
from app.pool.shelving.services import unshelve_customer
from tests.support.make import make_customer, make_member, make_platform_customer, make_push
from tests.support.traces import (
    changed_columns,
    denied,
    invalid,
    nothing_written,
    notifications,
    operations,
    shelf_log,
    stored,
    todos,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
NOBODY = {"handler_id": None, "assigned_by_id": None, "assigned_at": None, "assigned_department_id": None}
RELEASED = {"private_holder_id": None, "private_department_id": None, "privatized_at": None}


def _unshelve(customer, actor, **values):
    with clock.frozen(NOW):
        return unshelve_customer(customer.id, **{"reason": "no_need"} | values, actor=actor)


def _left_by(actor):
    return {
        "follow_status": "off_shelf",
        "last_unshelved_by_id": actor.id,
        "last_unshelved_at": NOW,
        "last_unshelved_department_id": actor.department_id,
    }


def test_pool_8_a_personal_customer_leaves_work_and_nothing_else_changes(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    before = stored(made.id)
    _unshelve(made, agent, remark="已买房")
    assert changed_columns(before, stored(made.id)) == _left_by(agent)
    (row,) = shelf_log(made)
    assert (row.action, row.reason, row.remark, row.handler_id) == ("unshelve", "no_need", "已买房", None)
    assert (row.staff_id, row.staff_name, row.department_id) == (agent.id, agent.name, agent.department_id)
    assert (row.company_id, row.created_at) == (made.company_id, NOW)


def test_pool_8_the_log_and_the_edits_tell_it(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    _unshelve(made, agent, reason="bought_elsewhere")
    (row,) = operations(made, "pool.unshelve")
    assert (row.actor_id, row.at) == (agent.id, NOW)
    assert row.differences == {"follow_status": ["following", "off_shelf"]}
    assert row.parameters["reason"] == ["unshelve_reasons", "bought_elsewhere"]
    assert "已在别处购房或租房" in row.sentence


def test_pool_8_a_private_customer_is_released_in_the_same_step(world):
    agent = world.actor("agent")
    made = make_platform_customer(agent, state="private")
    before = stored(made.id)
    _unshelve(made, agent)
    assert changed_columns(before, stored(made.id)) == {**_left_by(agent), **RELEASED}
    (row,) = operations(made, "pool.unshelve")
    assert row.differences == {
        "follow_status": ["following", "off_shelf"], "private_holder": [agent.name, ""],
    }  # fmt: skip


def test_pool_8_a_pending_customer_forgets_its_handler(world):
    agent = world.actor("agent")
    made = make_platform_customer(agent, state="pending")
    before = stored(made.id)
    _unshelve(made, agent)
    assert changed_columns(before, stored(made.id)) == {**_left_by(agent), **NOBODY}
    (row,) = operations(made, "pool.unshelve")
    assert row.differences == {"follow_status": ["pending", "off_shelf"], "handler": [agent.name, ""]}


def test_pool_8_a_next_contact_makes_a_to_do(world):
    agent, manager = world.actor("agent"), world.actor("manager")
    personal = make_customer(agent)
    public = make_platform_customer(agent, state="following")
    for made in (personal, public):
        _unshelve(made, manager, next_contact_at=LATER)
        assert stored(made.id)["next_contact_at"] == LATER
    (of_owner,), (of_manager,) = todos(agent.id), todos(manager.id)
    assert (of_owner.customer_id, of_owner.due_at, of_owner.state) == (personal.id, LATER, "open")
    assert (of_manager.customer_id, of_manager.due_at, of_manager.state) == (public.id, LATER, "open")
    assert personal.name in of_owner.title


def test_pool_8_without_a_next_contact_nobody_is_to_call(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    follow_up(
        made.id, content="谈过", method="phone", next_contact_at=clock.now() + timedelta(days=1), actor=agent
    )
    _unshelve(made, agent)
    assert stored(made.id)["next_contact_at"] is None
    assert [one.state for one in todos(agent.id)] == ["done"]


@pytest.mark.parametrize("state", ["personal", "private", "pending"])
def test_pool_8_who_was_responsible_is_told_by_others_only(world, state):
    agent, manager = world.actor("agent"), world.actor("manager")

    def make():
        return make_customer(agent) if state == "personal" else make_platform_customer(agent, state=state)

    mine, theirs = make(), make()
    told = len(notifications(agent.id))
    _unshelve(mine, agent)
    assert len(notifications(agent.id)) == told
    _unshelve(theirs, manager)
    (*_before, note) = notifications(agent.id)
    assert len(notifications(agent.id)) == told + 1
    assert note.customer_id == theirs.id
    assert {manager.name, theirs.name} <= set(note.parameters.values())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "because"}, "reason"), ({"reason": ""}, "reason"),
        ({"next_contact_at": NOW}, "next_contact_at"),
        ({"next_contact_at": NOW - timedelta(days=1)}, "next_contact_at"),
    ],
)  # fmt: skip
def test_pool_8_wrong_input_is_refused(world, values, field):
    made = make_customer(world.actor("agent"))
    with invalid(field):
        _unshelve(made, world.actor("agent"), **values)


def test_pool_7_twice_is_refused(world):
    agent = world.actor("agent")
    for made in (make_customer(agent), make_platform_customer(agent, state="private")):
        _unshelve(made, agent)
        with denied("pool.already_off_shelf"):
            _unshelve(made, world.actor("manager"))


def test_pool_7_personal_is_for_the_owner_and_those_above(world):
    agent = world.actor("agent")
    for name in ("agent", "manager", "regional", "admin"):
        _unshelve(make_customer(agent), world.actor(name))
    made = make_customer(agent)
    make_member(made, world.actor("agent2"), "write")
    make_push(made, receiver=world.actor("agent3"), state="accepted")
    for name in ("agent2", "agent3", "auditor"):
        with denied("pool.not_responsible", 403):
            _unshelve(made, world.actor(name))


def test_pool_7_platform_by_its_state(world):
    for state in ("private", "pending"):
        made = make_platform_customer(world.actor("agent"), state=state)
        with denied("pool.not_responsible", 403):
            _unshelve(made, world.actor("agent2"))
        _unshelve(made, world.actor("manager"))
    public = make_platform_customer(world.actor("agent"), state="following")
    for name in ("agent", "agent2"):
        with denied("pool.not_responsible", 403):
            _unshelve(public, world.actor(name))
    _unshelve(public, world.actor("manager"))


def test_pool_7_of_a_public_one_whoever_followed_it_up_in_the_last_30_days(world):
    made = make_platform_customer(world.actor("agent"), state="following")
    for name, days in (("agent2", 31), ("agent", 29)):
        with clock.frozen(NOW - timedelta(days=days)):
            follow_up(made.id, content="谈过", method="phone", actor=world.actor(name))
    follow_up(made.id, content="谈过", method="phone", actor=world.actor("manager"))
    with denied("pool.not_responsible", 403):
        _unshelve(made, world.actor("agent2"))
    assert _unshelve(made, world.actor("agent")).follow_status == "off_shelf"


def test_pool_7_the_author_of_a_private_or_pending_one_has_no_right(world):
    made = make_platform_customer(world.actor("agent"), state="pending")
    follow_up(made.id, content="问过", method="phone", actor=world.actor("agent2"))
    with denied("pool.not_responsible", 403):
        _unshelve(made, world.actor("agent2"))


def test_acc_6_out_of_reach_is_not_found_whatever_is_sent(world):
    made = make_customer(world.actor("agent"))
    for name in ("agent2", "agent3", "other_agent", "broker"):
        for reason in ("no_need", "because"):
            with nothing_written(), pytest.raises(NotFound):
                _unshelve(made, world.actor(name), reason=reason)
