"""Holding privately, releasing, naming handlers: POOL-12, POOL-13, POOL-14, POOL-15, ACC-15."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.customers.follow_ups.services import follow_up
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.org.shared.models import Staff
from app.pool.holding.services import assign_customer, privatize_customer, publicize_customer
from app.pool.shelving.services import unshelve_customer
from app.system.settings.services import change_setting
from tests.support.make import make_customer, make_member, make_platform_customer, make_push
from tests.support.traces import (
    changed_columns,
    denied,
    invalid,
    nothing_written,
    notifications,
    operations,
    stored,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def _at_noon(service, customer, actor, **values):
    with clock.frozen(NOW):
        return service(customer.id, **values, actor=actor)


def _public(world, **values):
    return make_platform_customer(world.actor("agent"), state="following", **values)


def test_pool_12_holder_department_and_time_are_recorded(world):
    made, agent = _public(world), world.actor("agent2")
    before = stored(made.id)
    _at_noon(privatize_customer, made, agent)
    assert changed_columns(before, stored(made.id)) == {
        "private_holder_id": agent.id,
        "private_department_id": agent.department_id,
        "privatized_at": NOW,
    }
    (row,) = operations(made, "pool.privatize")
    assert (row.actor_id, row.differences) == (agent.id, {"private_holder": ["", agent.name]})


def test_pool_12_the_private_holders_department_is_the_holders_own(world):
    made, regional = _public(world), world.actor("regional")
    assert regional.department_id != made.department_id
    privatize_customer(made.id, actor=regional)
    assert stored(made.id)["private_department_id"] == regional.department_id


def test_pool_12_the_other_is_told_who_holds_it(world):
    made = _public(world)
    privatize_customer(made.id, actor=world.actor("agent2"))
    for name in ("agent", "agent2", "manager"):
        with denied("pool.already_private") as caught:
            privatize_customer(made.id, actor=world.actor(name))
        assert world.actor("agent2").name in str(caught.value.message)


def test_pool_12_only_platform_customers_that_are_followed(world):
    agent = world.actor("agent")
    personal = make_customer(agent)
    with denied("pool.personal"):
        privatize_customer(personal.id, actor=agent)
    for state in ("pending", "off_shelf"):
        made = make_platform_customer(agent, state=state)
        with denied("pool.not_following"):
            privatize_customer(made.id, actor=agent)


def test_pool_12_by_anyone_who_acts(world):
    near = {"district_ids": [world.district("青羊区").id]}
    for name in ("agent", "manager", "regional", "admin"):
        assert privatize_customer(_public(world).id, actor=world.actor(name)).is_private
    assert privatize_customer(_public(world, demand=near).id, actor=world.actor("agent3")).is_private
    made = _public(world)
    make_member(made, world.actor("sales"), "read")
    make_push(made, receiver=world.actor("agent3"))
    for name in ("sales", "agent3"):
        with denied("customer.read_only", 403):
            privatize_customer(made.id, actor=world.actor(name))
    for name in ("manager2", "other_agent", "broker"):
        with nothing_written(), pytest.raises(NotFound):
            privatize_customer(made.id, actor=world.actor(name))


def test_pool_12_the_ceiling_counts_what_one_holds_now(world):
    agent, colleague = world.actor("agent"), world.actor("agent2")
    change_setting("private_ceiling", value=2, actor=world.actor("admin"))
    first, second, third = (_public(world) for _ in range(3))
    for made in (first, second):
        privatize_customer(made.id, actor=agent)
    with denied("pool.ceiling"):
        privatize_customer(third.id, actor=agent)
    assert privatize_customer(_public(world).id, actor=colleague).is_private
    publicize_customer(first.id, actor=agent)
    assert privatize_customer(third.id, actor=agent).is_private
    with denied("pool.ceiling"):
        privatize_customer(first.id, actor=agent)
    unshelve_customer(second.id, reason="other", actor=agent)
    assert privatize_customer(first.id, actor=agent).is_private


def test_pool_12_the_default_ceiling_is_100_and_may_be_none(world):
    made = _public(world)
    verdict = {}
    for value in (0, 1):
        change_setting("private_ceiling", value=value, actor=world.actor("admin"))
        if value == 0:
            with denied("pool.ceiling"):
                privatize_customer(made.id, actor=world.actor("agent"))
        else:
            verdict = privatize_customer(made.id, actor=world.actor("agent"))
    assert verdict.is_private


@pytest.mark.parametrize("name", ["agent", "manager", "regional", "admin"])
def test_pool_13_released_by_the_holder_and_those_above(world, name):
    made = make_platform_customer(world.actor("agent"), state="private")
    before, told = stored(made.id), len(notifications(world.actor("agent").id))
    publicize_customer(made.id, actor=world.actor(name))
    assert changed_columns(before, stored(made.id)) == dict.fromkeys(
        ("private_holder_id", "private_department_id", "privatized_at")
    )
    (row,) = operations(made, "pool.publicize")
    assert row.differences == {"private_holder": [world.actor("agent").name, ""]}
    assert len(notifications(world.actor("agent").id)) - told == (name != "agent")


def test_pool_13_by_nobody_else(world):
    made = make_platform_customer(world.actor("agent"), state="private")
    make_member(made, world.actor("sales"), "write")
    for name in ("agent2", "sales", "auditor"):
        with denied("customer.held_by_another", 403):
            publicize_customer(made.id, actor=world.actor(name))
    with nothing_written(), pytest.raises(NotFound):
        publicize_customer(made.id, actor=world.actor("agent3"))


def test_pool_13_what_nobody_holds_cannot_be_released(world):
    agent = world.actor("agent")
    kept = [
        make_customer(agent),
        *(make_platform_customer(agent, state=s) for s in ("following", "pending", "off_shelf")),
    ]
    for made in kept:
        with denied("pool.not_private"):
            publicize_customer(made.id, actor=agent)


def test_pool_14_another_handler_and_who_named_them(world):
    agent, handler, manager = (world.actor(name) for name in ("agent", "agent3", "manager"))
    made = make_platform_customer(agent, state="pending")
    before = stored(made.id)
    _at_noon(assign_customer, made, manager, handler_id=handler.id)
    assert changed_columns(before, stored(made.id)) == {
        "handler_id": handler.id,
        "assigned_by_id": manager.id,
        "assigned_at": NOW,
    }
    (row,) = operations(made, "pool.assign")
    assert (row.actor_id, row.differences) == (manager.id, {"handler": [agent.name, handler.name]})


def test_pool_14_the_assigners_department_is_recorded(world):
    made = make_platform_customer(world.actor("agent"), state="pending")
    assign_customer(made.id, handler_id=world.actor("agent2").id, actor=world.actor("regional"))
    assert stored(made.id)["assigned_department_id"] == world.department("region").id


def test_pool_14_both_are_told(world):
    agent, handler, manager = (world.actor(name) for name in ("agent", "agent2", "manager"))
    made = make_platform_customer(agent, state="pending")
    told = {actor.id: len(notifications(actor.id)) for actor in (agent, handler)}
    assign_customer(made.id, handler_id=handler.id, actor=manager)
    for actor in (agent, handler):
        assert len(notifications(actor.id)) == told[actor.id] + 1
        note = notifications(actor.id)[-1]
        assert note.customer_id == made.id
        assert {made.name, manager.name} <= set(note.parameters.values())


def test_pool_14_the_new_handler_starts_the_work_not_the_former(world):
    agent, handler = world.actor("agent"), world.actor("agent2")
    made = make_platform_customer(agent, state="pending")
    assign_customer(made.id, handler_id=handler.id, actor=agent)
    follow_up(made.id, content="晚了一步", method="phone", actor=agent)
    assert stored(made.id)["follow_status"] == "pending"
    follow_up(made.id, content="已联系", method="phone", actor=handler)
    row = stored(made.id)
    left = ("handler_id", "assigned_by_id", "assigned_at", "assigned_department_id")
    assert (row["follow_status"], *(row[name] for name in left)) == ("following", None, None, None, None)


def test_pool_14_by_the_handler_and_those_above_only(world):
    made = make_platform_customer(world.actor("agent"), state="pending")
    make_member(made, world.actor("sales"), "write")
    for name in ("agent2", "sales", "auditor"):
        with denied("pool.not_in_charge", 403):
            assign_customer(made.id, handler_id=world.actor("agent2").id, actor=world.actor(name))
    for name, handler in (
        ("agent", "agent2"),
        ("manager", "agent"),
        ("regional", "agent2"),
        ("admin", "agent"),
    ):
        assign_customer(made.id, handler_id=world.actor(handler).id, actor=world.actor(name))
    assert stored(made.id)["handler_id"] == world.actor("agent").id


def test_pool_14_only_pending_platform_customers(world):
    manager, to = world.actor("manager"), world.actor("agent2").id
    personal = make_customer(world.actor("agent"))
    with denied("pool.personal"):
        assign_customer(personal.id, handler_id=to, actor=manager)
    for state in ("following", "off_shelf", "private"):
        made = make_platform_customer(world.actor("agent"), state=state)
        with denied("pool.not_pending"):
            assign_customer(made.id, handler_id=to, actor=manager)


def test_pool_14_of_two_colleagues_with_one_name_the_log_tells_both(world):
    agent, handler = world.actor("agent"), world.actor("agent2")
    db.session.execute(update(Staff).where(Staff.id == handler.id).values(name=agent.name))
    db.session.commit()
    made = make_platform_customer(agent, state="pending")
    assign_customer(made.id, handler_id=handler.id, actor=world.actor("manager"))
    assert operations(made, "pool.assign")[0].differences == {"handler": [agent.name, agent.name]}


def test_pool_14_the_same_handler_again_is_refused(world):
    made = make_platform_customer(world.actor("agent"), state="pending")
    with denied("pool.same_handler"):
        assign_customer(made.id, handler_id=world.actor("agent").id, actor=world.actor("manager"))


@pytest.mark.parametrize("name", ["other_agent", "broker", "nobody"])
def test_acc_15_the_handler_is_an_active_colleague(world, name):
    made = make_platform_customer(world.actor("agent"), state="pending")
    pk = 999_999 if name == "nobody" else world.actor(name).id
    for actor in ("agent", "agent2"):  # input comes before the person (ACC-6)
        with invalid("handler_id"):
            assign_customer(made.id, handler_id=pk, actor=world.actor(actor))
    with nothing_written(), pytest.raises(NotFound):
        assign_customer(made.id, handler_id=pk, actor=world.actor("agent3"))
