"""POOL-22: who comes to another department takes along, releases and leaves what the rule says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.duplicates.models import PhoneClaim
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.notices.models import Todo
from app.org.departments.services import name_manager
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Staff
from app.org.staff.services import organise_staff
from app.pool.holding.services import privatize_customer
from tests.support.channel.scene import again, notices_of, operations
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.people.roles import role_id
from tests.support.traces import nothing_written


def move(world, who: str, to: str, role: str = "Agent", by: str = "admin") -> None:
    organise_staff(
        world.actor(who).id,
        department_id=world.department(to).id,
        role_ids=[role_id(role)],
        actor=actor_by_username(by),
    )


def test_pool_22_personal_customers_come_along(world):
    mine, off = make_customer(world.actor("agent")), shelve(make_customer(world.actor("agent")))
    theirs = make_customer(world.actor("agent2"))
    move(world, "agent", "store_west")
    west, east = world.department("store_west").id, world.department("store_east").id
    assert [again(one).department_id for one in (mine, off, theirs)] == [west, west, east]
    assert operations(mine)[-1] == "customer.department"
    assert get_customer(mine.id, actor=actor_by_username("manager2")).id == mine.id
    for former in ("manager", "agent2"):
        with pytest.raises(NotFound):
            get_customer(mine.id, actor=actor_by_username(former))
    claim = db.session.scalars(select(PhoneClaim).where(PhoneClaim.customer_id == mine.id)).one()
    assert claim.scope == f"o:{world.actor('agent').id}"


def test_pool_22_what_was_held_privately_is_released(world):
    held = make_platform_customer(world.actor("agent2"), state="following")
    privatize_customer(held.id, actor=world.actor("agent"))
    move(world, "agent", "store_west")
    row = again(held)
    assert (row.private_holder_id, row.private_department_id, row.privatized_at) == (None, None, None)
    assert row.department_id == world.department("store_east").id
    assert operations(held)[-1] == "pool.publicize"


def test_pool_22_what_was_pending_goes_to_the_former_manager_with_its_todos(world):
    agent, manager = world.actor("agent"), world.actor("manager")
    pending = make_platform_customer(agent, viewing_booked=True)
    move(world, "agent", "store_west")
    row = again(pending)
    assert (row.follow_status, row.handler_id) == ("pending", manager.id)
    assert row.department_id == world.department("store_east").id
    assert (row.assigned_by_id, operations(pending)[-1]) == (world.actor("admin").id, "pool.assign")
    todos = db.session.scalars(select(Todo.assignee_id).where(Todo.customer_id == pending.id)).all()
    assert todos == [manager.id]
    assert notices_of(manager.id)[-1] == "New customer to handle: %(name)s"


def test_pool_22_without_a_manager_the_next_superior_gets_it(world):
    name_manager(db.session.get(Staff, world.actor("agent").id).department, None, actor=world.actor("admin"))
    db.session.commit()
    pending = make_platform_customer(world.actor("agent"))
    move(world, "agent", "store_west")
    assert again(pending).handler_id == world.actor("regional").id


def test_pool_22_a_manager_who_moves_leaves_it_to_the_superior(world):
    pending = make_platform_customer(world.actor("manager"))
    move(world, "manager", "store_west", "StoreManager")
    assert again(pending).handler_id == world.actor("regional").id


def test_pool_22_all_of_it_or_nothing(world):
    make_customer(world.actor("agent"))
    make_platform_customer(world.actor("agent"))
    with nothing_written(), pytest.raises(Denied):
        organise_staff(
            world.actor("admin").id,
            department_id=world.department("region").id,
            role_ids=[role_id("Agent")],
            actor=world.actor("admin"),
        )


def test_pool_12_the_holders_department_is_kept_not_the_customers(world):
    held = make_platform_customer(world.actor("agent"), state="following")
    boss = world.actor("regional")
    row = privatize_customer(held.id, actor=boss)
    assert row.private_department_id == boss.department_id != row.department_id
