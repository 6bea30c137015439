"""Follow-ups: POOL-15, POOL-18, CUST-3 (last follow-up), ACC-6."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.customers.follow_ups.queries import visible_follow_ups
from app.customers.follow_ups.services import follow_up
from app.customers.shared.queries import get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer, make_member, make_platform_customer, make_push, privatize
from tests.support.traces import denied, invalid, nothing_written, operations, stored


def _call(customer, actor, **values):
    return follow_up(customer.id, **{"content": "电话沟通", "method": "phone"} | values, actor=actor)


def test_pool_18_a_follow_up_is_kept_and_recorded(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    next_time = clock.now() + timedelta(days=2)
    row = _call(made, agent, content="约周末看房", method="viewing", next_contact_at=next_time)
    assert (row.customer_id, row.author_id, row.content, row.method) == (
        made.id,
        agent.id,
        "约周末看房",
        "viewing",
    )
    customer = get_customer(made.id, actor=agent)
    assert (customer.last_follow_up_at, customer.next_contact_at) == (row.created_at, next_time)
    assert customer.version == made.version, "a follow-up is no edit of the file (CUST-20)"
    (log,) = operations(made, "customer.follow_up")
    assert (log.actor_id, log.differences) == (agent.id, {})


def test_pool_18_the_next_contact_lies_ahead(world):
    made = make_customer(world.actor("agent"))
    with invalid("next_contact_at"):
        _call(made, world.actor("agent"), next_contact_at=clock.now() - timedelta(seconds=1))


def test_pool_15_the_handlers_first_follow_up_starts_the_work(world):
    agent = world.actor("agent")
    made = make_customer(world.actor("manager"), pool="platform", handler_id=agent.id)
    _call(made, agent)
    row = stored(made.id)
    assert row["follow_status"] == "following"
    left = [row[name] for name in ("handler_id", "assigned_by_id", "assigned_at", "assigned_department_id")]
    assert left == [None] * 4
    (log,) = operations(made, "customer.follow_up")
    assert log.differences == {"follow_status": ["pending", "following"]}


def test_pool_15_anybody_elses_leaves_it_pending(world):
    agent = world.actor("agent")
    made = make_customer(world.actor("manager"), pool="platform", handler_id=agent.id)
    for name in ("manager", "agent2"):
        _call(made, world.actor(name))
    row = stored(made.id)
    assert (row["follow_status"], row["handler_id"]) == ("pending", agent.id)
    assert row["assigned_by_id"] == world.actor("manager").id
    _call(made, agent)
    assert stored(made.id)["follow_status"] == "following"


def test_pool_18_a_private_customer_is_for_its_holder_and_those_above(world):
    made = make_platform_customer(world.actor("agent"), state="private")
    with denied("customer.held_by_another", 403):
        _call(made, world.actor("agent2"))
    for name in ("agent", "manager", "regional", "admin"):
        if name != "admin" or world.actor("admin").department_id:
            assert _call(made, world.actor(name)).author_id == world.actor(name).id


def test_pool_18_what_was_written_since_it_is_private_is_not_everybodys(world):
    made = make_platform_customer(world.actor("agent2"), state="following")
    _call(made, world.actor("agent2"), content="私有前他人")
    _call(made, world.actor("agent"), content="持有人所写")
    privatize(made, world.actor("agent"))
    _call(made, world.actor("manager"), content="店长所写")

    def seen(name):
        actor = world.actor(name)
        rows = db.session.scalars(visible_follow_ups(get_customer(made.id, actor=actor), actor))
        return {row.content for row in rows}

    public = {"私有前他人", "持有人所写"}
    assert seen("agent2") == public
    make_member(made, world.actor("agent3"), "write")
    for name in ("agent", "agent3", "manager", "regional", "admin", "auditor"):
        assert seen(name) == {*public, "店长所写"}


def test_pool_18_readers_write_none(world):
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    make_push(made, receiver=world.actor("agent3"), state="pending")
    for name in ("agent2", "agent3", "auditor"):
        with denied("customer.read_only", 403):
            _call(made, world.actor(name))


def test_acc_6_out_of_reach_is_not_found(world):
    made = make_customer(world.actor("agent"))
    for name in ("agent2", "agent3", "other_agent", "broker"):
        with nothing_written(), pytest.raises(NotFound):
            _call(made, world.actor(name))
