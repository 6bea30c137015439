"""Shelving: POOL-9, POOL-10, POOL-11, POOL-15, ACC-14."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.shared.follow_ups import FollowUp
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.pool.holding.services import privatize_customer
from app.pool.shelving.services import shelve_customer, unshelve_customer
from app.system.settings.services import change_setting
from tests.support import make
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


def _shelve(customer, actor, **values):
    with clock.frozen(NOW):
        return shelve_customer(customer.id, **{"remark": "客户又来电"} | values, actor=actor)


@pytest.fixture
def personal(world):
    """A personal customer of ``agent``'s, off shelf."""
    return make.shelve(make_customer(world.actor("agent")))


@pytest.fixture
def platform(world):
    """A platform customer of ``agent``'s store, off shelf."""
    return make_platform_customer(world.actor("agent"), state="off_shelf")


@pytest.fixture
def set_to(world):
    """Change a setting as the administrator does."""
    return lambda name, value: change_setting(name, value=value, actor=world.actor("admin"))


def _left_by(actor, **more):
    return {
        "last_shelved_by_id": actor.id,
        "last_shelved_at": NOW,
        "last_shelved_department_id": actor.department_id,
        "last_follow_up_at": NOW,
        "idle_since": NOW,
        **more,
    }


def _assigned(actor, handler):
    return {
        "follow_status": "pending",
        "handler_id": handler.id,
        "assigned_by_id": actor.id,
        "assigned_at": NOW,
        "assigned_department_id": actor.department_id,
    }


def _remarks(customer):
    rows = db.session.query(FollowUp).filter_by(customer_id=customer.id, counts=False)
    return [(row.author_id, row.content, row.created_at) for row in rows]


def test_pool_9_a_personal_customer_is_followed_again(world, personal):
    agent = world.actor("agent")
    before = stored(personal.id)
    _shelve(personal, agent)
    assert changed_columns(before, stored(personal.id)) == _left_by(agent, follow_status="following")
    (row,) = operations(personal, "pool.shelve")
    assert row.differences == {"follow_status": ["off_shelf", "following"]}
    assert row.parameters == {"remark": "客户又来电"}


def test_pool_9_pending_is_handled_by_the_owner(world, personal):
    agent, manager = world.actor("agent"), world.actor("manager")
    before = stored(personal.id)
    _shelve(personal, manager, follow_status="pending", viewing_booked=True)
    assert changed_columns(before, stored(personal.id)) == _left_by(manager, **_assigned(manager, agent))
    (note,) = notifications(agent.id)
    (todo,) = todos(agent.id)
    assert note.customer_id == todo.customer_id == personal.id
    assert todo.due_at == NOW + timedelta(days=1)
    (row,) = operations(personal, "pool.shelve")
    assert row.differences == {"follow_status": ["off_shelf", "pending"], "handler": ["", agent.name]}


def test_pool_11_the_shelf_log_tells_who_where_when_and_why(world, platform):
    agent, manager = world.actor("agent2"), world.actor("manager")
    _shelve(platform, manager, handler_id=agent.id)
    (row,) = shelf_log(platform)
    assert (row.action, row.handler_id, row.remark, row.reason) == ("shelve", agent.id, "客户又来电", None)
    assert (row.staff_id, row.staff_name, row.department_id, row.company_id, row.created_at) == (
        manager.id, manager.name, manager.department_id, platform.company_id, NOW,
    )  # fmt: skip


def test_pool_11_the_remark_stands_among_the_follow_ups(world, personal):
    manager = world.actor("manager")
    _shelve(personal, manager)
    assert _remarks(personal) == [(manager.id, "客户又来电", NOW)]


def test_pool_15_the_remark_does_not_start_the_work(world, personal):
    """The owner shelves and handles: their remark leaves it pending, their first follow-up does not."""
    agent = world.actor("agent")
    _shelve(personal, agent, follow_status="pending")
    assert stored(personal.id)["follow_status"] == "pending"
    follow_up(personal.id, content="已联系", method="phone", actor=agent)
    row = stored(personal.id)
    assert (row["follow_status"], row["handler_id"], row["assigned_at"]) == ("following", None, None)


def test_pool_11_who_handles_oneself_needs_no_notice_and_has_the_to_do(world, personal):
    agent = world.actor("agent")
    _shelve(personal, agent, follow_status="pending", viewing_booked=True)
    assert notifications(agent.id) == []
    assert len(todos(agent.id)) == 1


def test_pool_9_only_from_off_shelf(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    with denied("pool.not_off_shelf"):
        _shelve(made, agent)
    for state in ("following", "private", "pending"):
        made = make_platform_customer(agent, state=state)
        with denied("pool.not_off_shelf"):
            _shelve(made, agent, handler_id=agent.id)


def test_pool_9_by_the_owner_and_those_above(world, personal):
    make_member(personal, world.actor("agent2"), "write")
    make_push(personal, receiver=world.actor("agent3"), state="accepted")
    for name in ("agent2", "agent3", "auditor"):
        with denied("pool.not_owner", 403):
            _shelve(personal, world.actor(name))
    for name in ("manager", "regional", "admin"):
        _shelve(personal, world.actor(name))
        unshelve_customer(personal.id, reason="other", actor=world.actor("agent"))


def test_pool_9_open_shelving_lets_the_owners_department_in(world, personal, set_to):
    colleague = world.actor("agent2")
    with nothing_written(), pytest.raises(NotFound):
        _shelve(personal, colleague)
    set_to("open_shelving", True)
    colleague.memory.clear()
    with nothing_written(), pytest.raises(NotFound):
        _shelve(personal, world.actor("agent3"))
    _shelve(personal, colleague, follow_status="pending")
    row = stored(personal.id)
    assert (row["follow_status"], row["handler_id"]) == ("pending", world.actor("agent").id)
    assert row["last_shelved_by_id"] == colleague.id
    with nothing_written(), pytest.raises(NotFound):  # on shelf it is the owner's alone again
        _shelve(personal, colleague)


def test_pool_9_open_shelving_lets_the_team_in(world, personal, set_to):
    make_member(personal, world.actor("agent3"), "write")
    make_member(personal, world.actor("sales"), "read")
    set_to("open_shelving", True)
    with denied("pool.not_owner", 403):
        _shelve(personal, world.actor("sales"))
    assert _shelve(personal, world.actor("agent3")).follow_status == "following"


def test_pool_10_with_myself_it_is_followed_and_privately_mine(world, platform):
    agent = world.actor("agent2")
    before = stored(platform.id)
    _shelve(platform, agent, handler_id=agent.id, viewing_booked=True)
    assert changed_columns(before, stored(platform.id)) == _left_by(
        agent,
        follow_status="following",
        private_holder_id=agent.id,
        private_department_id=agent.department_id,
        privatized_at=NOW,
    )
    (row,) = operations(platform, "pool.shelve")
    assert row.differences == {
        "follow_status": ["off_shelf", "following"], "private_holder": ["", agent.name],
    }  # fmt: skip
    assert shelf_log(platform)[0].handler_id == agent.id
    assert notifications(agent.id) == []
    assert [one.message for one in todos(agent.id)] == ["Viewing booked: contact %(name)s"]


def test_pool_10_with_a_colleague_it_waits_for_them(world, platform):
    agent, handler = world.actor("agent"), world.actor("agent3")
    before = stored(platform.id)
    _shelve(platform, agent, handler_id=handler.id, viewing_booked=True)
    assert changed_columns(before, stored(platform.id)) == _left_by(agent, **_assigned(agent, handler))
    (note,), (todo,) = notifications(handler.id), todos(handler.id)
    assert note.customer_id == todo.customer_id == platform.id
    (row,) = operations(platform, "pool.shelve")
    assert row.differences == {"follow_status": ["off_shelf", "pending"], "handler": ["", handler.name]}


def test_pool_11_without_a_viewing_there_is_no_to_do(world, platform):
    _shelve(platform, world.actor("agent"), handler_id=world.actor("agent2").id)
    assert todos(world.actor("agent2").id) == []
    assert len(notifications(world.actor("agent2").id)) == 1


def test_pool_10_by_anyone_who_acts(world, platform):
    make_member(platform, world.actor("sales"), "read")
    make_push(platform, receiver=world.actor("agent3"))
    for name in ("sales", "agent3"):
        with denied("customer.read_only", 403):
            _shelve(platform, world.actor(name), handler_id=world.actor("agent").id)
    with nothing_written(), pytest.raises(NotFound):
        _shelve(platform, world.actor("consultant"), handler_id=world.actor("agent").id)
    assert _shelve(platform, world.actor("agent2"), handler_id=world.actor("agent").id)


def test_pool_10_the_ceiling_holds(world, platform, set_to):
    agent = world.actor("agent")
    set_to("private_ceiling", 1)
    held = make_platform_customer(agent, state="following")
    privatize_customer(held.id, actor=agent)
    with denied("pool.ceiling"):
        _shelve(platform, agent, handler_id=agent.id)
    set_to("private_ceiling", 2)
    assert _shelve(platform, agent, handler_id=agent.id).private_holder_id == agent.id


def test_pool_10_the_ceiling_is_the_holders_own(world, platform, set_to):
    set_to("private_ceiling", 0)
    assert _shelve(platform, world.actor("agent"), handler_id=world.actor("agent2").id)


@pytest.mark.parametrize("name", ["other_agent", "broker", "nobody"])
def test_pool_10_the_handler_is_an_active_colleague(world, platform, name):
    pk = 999_999 if name == "nobody" else world.actor(name).id
    with invalid("handler_id"):
        _shelve(platform, world.actor("agent"), handler_id=pk)


def test_pool_9_and_10_each_kind_has_its_own_field(world, personal, platform):
    agent = world.actor("agent")
    with invalid("handler_id"):
        _shelve(personal, agent, handler_id=agent.id)
    with invalid("handler_id"):
        _shelve(platform, agent)
    with invalid("follow_status"):
        _shelve(platform, agent, follow_status="pending", handler_id=agent.id)
    with invalid("follow_status"):
        _shelve(personal, agent, follow_status="off_shelf")


def test_pool_7_whoever_shelved_wrote_the_latest_follow_up(world, platform):
    """POOL-11 writes the remark as a follow-up: its author may unshelve while nobody writes another one."""
    agent, other = world.actor("agent"), world.actor("agent2")
    _shelve(platform, agent, handler_id=other.id)
    follow_up(platform.id, content="已联系", method="phone", actor=other)
    with denied("pool.not_responsible", 403):
        unshelve_customer(platform.id, reason="other", actor=agent)
    assert unshelve_customer(platform.id, reason="other", actor=other).follow_status == "off_shelf"
