"""Taking in a personal customer: POOL-1 a–e, CUST-2, CUST-7, CUST-8, PLAT-1, ACC-9."""

from __future__ import annotations

import pytest

from app.customers.creation.services import create_customer
from tests.support.make import make_customer, make_platform_customer, make_push, next_phone
from tests.support.traces import claims, denied, invalid, notifications, operations, stored


def test_pool_1_starts_following_and_is_mine(world):
    agent = world.actor("agent")
    phone = next_phone()
    made = create_customer(pool="personal", kind="individual", name="王小明", phone=phone, actor=agent)
    row = stored(made.id)
    assert (row["pool"], row["follow_status"], row["owner_id"]) == ("personal", "following", agent.id)
    assert (row["department_id"], row["company_id"]) == (agent.department_id, agent.company_id)
    assert (row["handler_id"], row["private_holder_id"], row["version"]) == (None, None, 1)
    assert (row["deal_status"], row["stage"], row["grade"]) == ("potential", "lead", "D")
    assert row["created_by_id"] == agent.id
    assert claims(made) == [f"o:{agent.id}"]
    assert notifications(agent.id) == []


def test_plat_1_creation_is_recorded_without_the_number(world):
    agent = world.actor("agent")
    phone = next_phone()
    made = make_customer(agent, phone=phone)
    (row,) = operations(made)
    assert (row.number, row.operation, row.actor_id) == (1, "customer.create", agent.id)
    assert (row.actor_name, row.company_id) == (agent.name, agent.company_id)
    assert made.code in row.sentence
    assert phone not in repr([row.sentence, row.parameters, row.differences])


def test_acc_9_the_row_holds_no_full_number(world):
    phone = next_phone()
    made = make_customer(world.actor("agent"), phone=phone)
    row = stored(made.id)
    assert phone not in repr(row)
    assert (row["phone_masked"], row["phone_last4"]) == (f"{phone[:3]}****{phone[-4:]}", phone[-4:])
    assert made.phone.reveal() == phone


def test_pool_1a_own_number_is_refused_with_a_link(world):
    agent = world.actor("agent")
    first = make_customer(agent)
    number = first.phone.reveal()
    for typed in (number, f"+86 {number}", f"{number[:3]}-{number[3:7]}-{number[7:]}"):
        with denied("customer.duplicate") as caught:
            make_customer(agent, phone=typed)
        decision = caught.value.decision
        assert decision.details == {"rule": "own_personal", "customer_id": first.id}
        assert decision.link == f"/customers/{first.id}"


def test_pool_1b_a_push_that_i_accepted_is_refused_with_a_link(world):
    agent = world.actor("agent")
    pushed = make_customer(world.actor("agent3"))
    make_push(pushed, receiver=agent, state="accepted")
    with denied("customer.duplicate") as caught:
        make_customer(agent, phone=pushed.phone.reveal())
    assert caught.value.decision.details == {"rule": "accepted_push", "customer_id": pushed.id}


@pytest.mark.parametrize("state", ["pending", "rejected", "withdrawn"])
def test_pool_1b_other_pushes_do_not_count(world, state):
    pushed = make_customer(world.actor("agent3"))
    make_push(pushed, receiver=world.actor("agent"), state=state)
    assert make_customer(world.actor("agent"), phone=pushed.phone.reveal()).id != pushed.id


def test_pool_1b_a_push_to_a_colleague_does_not_count(world):
    pushed = make_customer(world.actor("agent3"))
    make_push(pushed, receiver=world.actor("agent2"), state="accepted")
    assert make_customer(world.actor("agent"), phone=pushed.phone.reveal())


def test_pool_1c_a_colleagues_personal_customer_does_not_count(world):
    theirs = make_customer(world.actor("agent2"))
    mine = make_customer(world.actor("agent"), phone=theirs.phone.reveal())
    assert (mine.phone, mine.id != theirs.id) == (theirs.phone, True)


@pytest.mark.parametrize("state", ["pending", "following", "private", "off_shelf"])
def test_pool_1d_a_platform_customer_of_my_department(world, state):
    there = make_platform_customer(world.actor("agent2"), state=state)
    with denied("customer.duplicate") as caught:
        make_customer(world.actor("agent"), phone=there.phone.reveal())
    assert caught.value.decision.details == {"rule": "platform_in_reach", "customer_id": there.id}


def test_pool_1d_a_platform_customer_within_my_data_scope(world):
    west = make_platform_customer(world.actor("agent3"), state="following")
    with denied("customer.duplicate") as caught:
        make_customer(world.actor("regional"), phone=west.phone.reveal())
    assert caught.value.decision.details == {"rule": "platform_in_reach", "customer_id": west.id}


def test_pool_1d_reach_is_that_of_the_owner_not_of_the_creator(world):
    """The region's manager enters for an agent: departments in the agent's reach count."""
    west = make_platform_customer(world.actor("agent3"), state="following")
    made = make_customer(world.actor("regional"), owner_id=world.actor("agent").id, phone=west.phone.reveal())
    assert made.owner_id == world.actor("agent").id


def test_pool_1e_platform_customers_elsewhere_do_not_count(world):
    """Another store's, and another company's: allowed, and nothing is told about them."""
    west = make_platform_customer(world.actor("agent3"), state="following")
    assert make_customer(world.actor("agent"), phone=west.phone.reveal())
    abroad = make_customer(world.actor("other_agent"))
    assert make_customer(world.actor("agent"), phone=abroad.phone.reveal())


def test_pool_1_for_ones_own_staff(world):
    agent = world.actor("agent")
    made = make_customer(world.actor("manager"), owner_id=agent.id)
    assert (made.owner_id, made.department_id) == (agent.id, agent.department_id)
    assert stored(made.id)["created_by_id"] == world.actor("manager").id
    with denied("customer.duplicate") as caught:
        make_customer(world.actor("manager"), owner_id=agent.id, phone=made.phone.reveal())
    assert caught.value.decision.details["rule"] == "own_personal"


def test_pool_1_not_for_a_colleague(world):
    with denied("customer.not_your_staff", 403):
        make_customer(world.actor("agent"), owner_id=world.actor("agent2").id)
    with denied("customer.not_your_staff", 403):
        make_customer(world.actor("manager"), owner_id=world.actor("agent3").id)


def test_pool_1_not_for_another_company_nor_for_nobody(world):
    with invalid("owner_id"):
        make_customer(world.actor("manager"), owner_id=world.actor("other_agent").id)
    with invalid("owner_id"):
        make_customer(world.actor("manager"), owner_id=999_999)
    with denied("customer.no_staff", 403):
        make_customer(world.actor("broker"))


def test_cust_2_an_individual_needs_a_number_that_is_one(world):
    for phone in (None, "", "12345", "1380013800", "abc"):
        with invalid("phone"):
            make_customer(world.actor("agent"), phone=phone)


def test_cust_7_without_a_number_there_is_no_rule(world):
    agent = world.actor("agent")
    first = make_customer(agent, kind="enterprise", name="禾丰商贸", phone=None)
    second = make_customer(agent, kind="enterprise", name="禾丰商贸", phone=None)
    assert first.id != second.id
    assert claims(first) == claims(second) == []
    assert stored(first.id)["phone_index"] is None
