"""Taking in a platform customer: POOL-2, CUST-7, CUST-8, PLAT-2, PLAT-3."""

from __future__ import annotations

from datetime import timedelta

from app.kernel import clock
from app.kernel.database.session import db
from app.org.shared.models import Staff
from tests.support.make import make_customer, make_platform_customer, next_phone
from tests.support.traces import claims, denied, invalid, notifications, operations, stored, todos


def _platform(actor, handler, **overrides):
    return make_customer(actor, pool="platform", handler_id=handler.id, **overrides)


def test_pool_2_starts_pending_with_its_handler(world):
    manager, agent = world.actor("manager"), world.actor("agent")
    made = _platform(manager, agent)
    row = stored(made.id)
    assert (row["pool"], row["follow_status"]) == ("platform", "pending")
    assert (row["handler_id"], row["owner_id"], row["private_holder_id"]) == (agent.id, None, None)
    assert row["department_id"] == world.department("store_east").id
    assert (row["assigned_by_id"], row["assigned_department_id"]) == (manager.id, manager.department_id)
    assert row["assigned_at"] is not None
    assert claims(made) == [f"d:{row['department_id']}"]
    assert [log.operation for log in operations(made)] == ["customer.create"]


def test_pool_2_the_handler_is_told(world):
    made = _platform(world.actor("manager"), world.actor("agent"), name="赵一鸣")
    (told,) = notifications(world.actor("agent").id)
    assert (told.customer_id, told.read_at, told.parameters) == (made.id, None, {"name": "赵一鸣"})
    assert "赵一鸣" in told.title
    assert todos(world.actor("agent").id) == []


def test_pool_2_a_booked_viewing_is_a_todo_for_the_handler(world):
    agent = world.actor("agent")
    before = clock.now()
    made = _platform(world.actor("manager"), agent, viewing_booked=True)
    (todo,) = todos(agent.id)
    assert (todo.customer_id, todo.state, todo.done_at) == (made.id, "open", None)
    assert before + timedelta(days=1) <= todo.due_at <= clock.now() + timedelta(days=1)
    assert len(notifications(agent.id)) == 1


def test_pool_2_who_names_oneself_is_not_told(world):
    agent = world.actor("agent")
    made = _platform(agent, agent, viewing_booked=True)
    assert made.handler_id == agent.id
    assert notifications(agent.id) == []
    assert len(todos(agent.id)) == 1


def test_pool_2_a_handler_must_be_named(world):
    with invalid("handler_id"):
        make_customer(world.actor("manager"), pool="platform")


def test_pool_2_the_handler_is_active_and_of_the_same_company(world):
    manager = world.actor("manager")
    with invalid("handler_id"):
        _platform(manager, world.actor("other_agent"))
    with invalid("handler_id"):
        make_customer(manager, pool="platform", handler_id=world.actor("broker").id)
    for status in ("leaving", "departed"):
        db.session.get(Staff, world.actor("agent2").id).status = status
        db.session.commit()
        with invalid("handler_id"):
            _platform(manager, world.actor("agent2"))


def test_pool_2_the_department_is_the_handlers_unless_named(world):
    regional, agent = world.actor("regional"), world.actor("agent")
    west = world.department("store_west").id
    assert _platform(regional, agent).department_id == world.department("store_east").id
    assert _platform(regional, agent, department_id=west).department_id == west


def test_pool_2_only_in_a_department_of_mine_or_in_my_scope(world):
    west, east = world.department("store_west").id, world.department("store_east").id
    agent = world.actor("agent")
    assert _platform(agent, world.actor("agent3"), department_id=east).department_id == east
    for actor in (agent, world.actor("manager")):
        with denied("customer.not_your_department", 403):
            _platform(actor, actor, department_id=west)
    with denied("customer.not_your_department", 403):
        _platform(agent, world.actor("agent3"))


def test_pool_2_a_department_of_another_company_is_no_choice(world):
    abroad = world.actor("other_agent").department_id
    with invalid("department_id"):
        _platform(world.actor("agent"), world.actor("agent"), department_id=abroad)
    with invalid("department_id"):
        _platform(world.actor("agent"), world.actor("agent"), department_id=999_999)


def test_pool_2_once_per_department(world):
    first = make_platform_customer(world.actor("agent2"), state="following")
    with denied("customer.duplicate") as caught:
        _platform(world.actor("agent"), world.actor("agent"), phone=first.phone.reveal())
    decision = caught.value.decision
    assert decision.details == {"rule": "platform_in_department", "customer_id": first.id}
    assert decision.link == f"/customers/{first.id}"


def test_pool_2_the_same_number_in_another_department_is_allowed(world):
    west = make_platform_customer(world.actor("agent3"), state="following")
    assert _platform(world.actor("agent"), world.actor("agent"), phone=west.phone.reveal()).id != west.id
    personal = make_customer(world.actor("agent3"))
    assert _platform(world.actor("agent"), world.actor("agent"), phone=personal.phone.reveal())


def test_pool_2_a_colleagues_personal_customer_refuses_it(world):
    theirs = make_customer(world.actor("agent2"))
    with denied("customer.duplicate") as caught:
        _platform(world.actor("manager"), world.actor("agent"), phone=theirs.phone.reveal())
    assert caught.value.decision.details == {"rule": "owner_in_department", "customer_id": theirs.id}


def test_cust_8_no_link_and_no_word_where_it_cannot_be_opened(world):
    """The owner's desk neighbour cannot open it: the refusal names the rule, not the customer."""
    theirs = make_customer(world.actor("agent2"), name="欧阳隐名")
    with denied("customer.duplicate") as caught:
        _platform(world.actor("agent"), world.actor("agent"), phone=theirs.phone.reveal())
    decision = caught.value.decision
    assert decision.details == {"rule": "owner_in_department"}
    assert decision.link == ""
    assert theirs.name not in str(decision.message)
    assert theirs.code not in str(decision.message)


def test_pool_1d_then_pool_2_the_same_person_cannot_have_both(world):
    agent, phone = world.actor("agent"), next_phone()
    mine = make_customer(agent, phone=phone)
    with denied("customer.duplicate") as caught:
        _platform(agent, agent, phone=phone)
    assert caught.value.decision.details == {"rule": "owner_in_department", "customer_id": mine.id}
