"""CUST-32, POOL-2, POOL-17: what hangs on a customer goes with it; who is responsible hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.customers.follow_ups.services import follow_up
from app.customers.numbers import tabs as customer_tabs
from app.customers.numbers.services import change_phone
from app.customers.profile.services import update_customer
from app.customers.shared.models import Push
from app.customers.shared.parts import CustomerPart, customer_parts, nothing, register_parts
from app.customers.shared.queries import off_shelf_customers
from app.customers.shared.settings import OPEN_SHELVING
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.pool.holding.services import assign_customer, privatize_customer
from app.pool.public_pool.models import PoolEntry
from app.pool.pushes.services import accept_push, push_customer, withdraw_push
from app.pool.shelving.models import ShelfLog
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.make import make_customer, make_platform_customer, next_phone, privatize, shelve
from tests.support.traces import denied, invalid, notifications, stored, todos


def open_todos(pk: int) -> list[Any]:
    return [one for one in todos(pk) if one.state == "open"]


def messages(pk: int) -> list[str]:
    return [one.message for one in notifications(pk)]


def test_cust_32_every_part_says_what_becomes_of_its_rows(world):
    assert customer_parts()
    assert all(part.answers is not None for part in customer_parts())
    mute = CustomerPart("mute", "", None, None, Push.created_at, list, dict)
    with pytest.raises(TypeError, match="mute"):
        register_parts(mute)
    assert customer_tabs.REVEALS.answers.hand_over is nothing


def test_cust_32_todos_follow_the_new_owner(world):
    agent, receiver, other = world.actor("agent"), world.actor("agent3"), world.actor("manager")
    made = make_customer(agent)
    tomorrow = clock.now() + timedelta(days=1)
    follow_up(made.id, content="x", method="phone", next_contact_at=tomorrow, actor=agent)
    follow_up(made.id, content="y", method="phone", next_contact_at=tomorrow, actor=other)
    transfer_customer(made.id, owner_id=receiver.id, reason="x", actor=world.actor("regional"))
    assert [len(open_todos(one.id)) for one in (agent, receiver, other)] == [0, 1, 1]


def test_cust_32_todos_follow_the_new_handler(world):
    agent, mate = world.actor("agent"), world.actor("agent2")
    made = make_platform_customer(agent, viewing_booked=True)
    assign_customer(made.id, handler_id=mate.id, actor=world.actor("manager"))
    assert (open_todos(agent.id), len(open_todos(mate.id))) == ([], 1)


def test_cust_32_unshelving_closes_open_todos_then_makes_its_own(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    soon, later = clock.now() + timedelta(days=1), clock.now() + timedelta(days=60)
    follow_up(made.id, content="x", method="phone", next_contact_at=soon, actor=agent)
    unshelve_customer(made.id, reason="no_need", next_contact_at=later, actor=agent)
    assert [one.due_at for one in open_todos(agent.id)] == [later]
    assert [one.done_at is not None for one in todos(agent.id)] == [True, False]
    log = db.session.scalars(select(ShelfLog).where(ShelfLog.customer_id == made.id)).one()
    assert log.next_contact_at == later


def test_pool_18_a_follow_up_closes_the_writers_plans_and_leaves_those_of_others(world):
    agent, boss = world.actor("agent"), world.actor("manager")
    made = make_customer(agent)
    mine, theirs = (clock.now() + timedelta(days=n) for n in (1, 2))
    follow_up(made.id, content="x", method="phone", next_contact_at=mine, actor=agent)
    follow_up(made.id, content="y", method="phone", next_contact_at=theirs, actor=boss)
    follow_up(made.id, content="z", method="phone", actor=agent)
    assert (open_todos(agent.id), len(open_todos(boss.id))) == ([], 1)
    assert stored(made.id)["next_contact_at"] is not None
    follow_up(made.id, content="z", method="phone", actor=boss)
    assert (open_todos(boss.id), stored(made.id)["next_contact_at"]) == ([], None)


def test_pool_17_an_open_push_to_the_new_owner_is_withdrawn(world):
    agent, receiver, third = world.actor("agent"), world.actor("agent3"), world.actor("agent2")
    made = make_customer(agent)
    pushes = [push_customer(made.id, receiver_id=one.id, actor=agent).id for one in (receiver, third)]
    transfer_customer(made.id, owner_id=receiver.id, reason="x", actor=world.actor("regional"))
    states = {pk: db.session.get(Push, pk).state for pk in pushes}
    assert states == {pushes[0]: "withdrawn", pushes[1]: "pending"}
    for end in (agent, receiver):
        assert "The push of %(name)s was withdrawn" in messages(end.id)


def test_pool_17_the_receiver_hears_of_a_withdrawal(world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    push = push_customer(make_customer(agent).id, receiver_id=receiver.id, actor=agent)
    withdraw_push(push.id, actor=agent)
    assert messages(receiver.id)[-1] == "%(who)s withdrew the push of %(name)s"
    assert messages(agent.id) == []


def test_pool_17_the_owner_hears_when_a_superior_offers_and_when_it_is_accepted(world):
    agent, boss, receiver = world.actor("agent"), world.actor("manager"), world.actor("agent3")
    push = push_customer(make_customer(agent).id, receiver_id=receiver.id, actor=boss)
    accept_push(push.id, actor=receiver)
    assert messages(agent.id) == [
        "%(who)s offered your customer %(name)s to %(receiver)s",
        "%(receiver)s accepted the push of your customer %(name)s",
    ]
    held = privatize(make_platform_customer(agent, state="following"), agent)
    push_customer(held.id, receiver_id=receiver.id, actor=boss)
    assert messages(agent.id)[-1] == "%(who)s offered your customer %(name)s to %(receiver)s"


def test_the_owner_hears_when_a_superior_shelves_or_a_colleague_changes_the_number(world):
    agent, boss = world.actor("agent"), world.actor("manager")
    made = shelve(make_customer(agent))
    number = made.phone.reveal()
    shelve_customer(made.id, remark="x", actor=boss)
    assert messages(agent.id) == ["%(who)s put your customer %(name)s back on the shelf"]
    change_phone(made.id, old_phone=number, new_phone=next_phone(), actor=boss)
    assert messages(agent.id)[1:] == ["%(who)s changed the number of %(name)s"]
    unshelve_customer(made.id, reason="other", actor=agent)
    shelve_customer(made.id, remark="x", actor=agent)
    assert len(messages(agent.id)) == 2


@pytest.mark.parametrize("with_time", [True, False])
def test_pool_2_a_viewing_booked_with_oneself_makes_a_todo_at_its_time(world, with_time):
    agent, at = world.actor("agent"), clock.now() + timedelta(hours=5)
    more = {"viewing_at": at} if with_time else {}
    make_customer(agent, pool="platform", handler_id=agent.id, viewing_booked=True, **more)
    off = shelve(make_platform_customer(agent))
    shelve_customer(off.id, handler_id=agent.id, remark="x", viewing_booked=True, **more, actor=agent)
    for todo in (first_and_second := open_todos(agent.id)):
        wanted = at if with_time else clock.now() + timedelta(hours=24)
        assert abs(todo.due_at - wanted) < timedelta(minutes=1)
    assert len(first_and_second) == 2


def test_pool_2_a_viewing_is_ahead(world):
    agent, past = world.actor("agent"), clock.now() - timedelta(minutes=1)
    with invalid("viewing_at"):
        make_customer(agent, pool="platform", handler_id=agent.id, viewing_booked=True, viewing_at=past)


def test_pool_2_straight_into_the_public_pool(world):
    agent = world.actor("agent")
    made = make_customer(agent, pool="platform", into_pool=True)
    row = stored(made.id)
    assert (row["follow_status"], row["handler_id"], row["department_id"]) == (
        "following", None, agent.department_id
    )  # fmt: skip
    entry = db.session.scalars(select(PoolEntry)).one()
    assert (entry.customer_id, entry.reason, entry.state) == (made.id, "manual", "available")
    assert (entry.created_by_id, entry.original_owner_id) == (agent.id, None)
    with pytest.raises(Invalid):
        make_customer(agent, pool="platform", into_pool=True, handler_id=agent.id)
    with denied("customer.not_your_department", 403):
        make_customer(agent, pool="platform", into_pool=True, department_id=world.department("store_west").id)


@pytest.mark.parametrize("end", ["claimed", "withdrawn"])
def test_pool_20_privatizing_or_unshelving_closes_the_entry(world, end):
    boss = world.actor("manager")
    made = make_customer(boss, pool="platform", into_pool=True)
    if end == "claimed":
        privatize_customer(made.id, actor=boss)
    else:
        unshelve_customer(made.id, reason="other", actor=boss)
    entry = db.session.scalars(select(PoolEntry)).one()
    assert (entry.state, entry.decided_by_id, entry.new_owner_id) == (end, boss.id, None)


def test_pool_9_with_open_shelving_the_tab_shows_what_may_be_shelved(world):
    OPEN_SHELVING.store(value=True)
    db.session.commit()
    made = shelve(make_customer(world.actor("agent")))

    def seen(name):
        return db.session.scalars(off_shelf_customers(world.actor(name))).all()

    assert [one.id for one in seen("agent2")] == [made.id]
    assert seen("agent3") == []


def test_cust_2_a_disabled_customer_takes_nothing_new(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    update_customer(made.id, version=made.version, values={"enabled": False}, actor=agent)
    with denied("customer.disabled"):
        push_customer(made.id, receiver_id=world.actor("agent3").id, actor=agent)
    unshelve_customer(made.id, reason="other", actor=agent)
    with denied("customer.disabled"):
        shelve_customer(made.id, remark="x", actor=agent)
    free = make_platform_customer(agent, state="following")
    boss = world.actor("manager")
    update_customer(free.id, version=free.version, values={"enabled": False}, actor=boss)
    with denied("customer.disabled"):
        privatize_customer(free.id, actor=agent)
