"""What becomes of requests with their customer, and what an open one forbids: CUST-9, CUST-32, POOL-19."""

from __future__ import annotations

from app.approvals.services import withdraw_request
from app.customers.merging.services import merge_customers
from app.customers.shared.hindrances import hindrances_of
from app.customers.shared.parts import customer_parts
from app.customers.transfers.services import transfer_customer
from tests.approvals.test_services import refused, told
from tests.support.deals import logged
from tests.support.make import make_customer


def test_pool_19_an_open_request_keeps_the_customer(world, asking):
    made, pk = asking.stage(), asking.firm.id
    assert str(hindrances_of([pk])[pk]) == "A request about this customer waits for approval"
    withdraw_request(made.id, actor=asking.agent)
    assert hindrances_of([pk]) == {}


def test_cust_9_a_file_with_an_open_request_is_not_merged_a_closed_one_goes_along(world, asking):
    made = asking.stage()
    other = make_customer(asking.agent, kind="enterprise", name="蓉城科技二")
    merge = {"other_ids": [asking.firm.id], "actor": world.actor("manager")}
    assert refused(merge_customers, other.id, **merge) == "approval.open"
    withdraw_request(made.id, actor=asking.agent)
    merge_customers(other.id, **merge)
    assert asking.read(made).customer_id == other.id


def test_app_5_a_deleted_customer_ends_its_open_requests(world, asking):
    made = asking.stage()
    part = next(one for one in customer_parts() if one.key == "approvals")
    part.answers.erase([asking.firm], world.actor("admin"))
    assert (made.state, logged(made)[-1].operation) == ("failed", "approval.fail")
    assert {who for who, _text in told(made)[1:]} == {asking.agent.id, world.actor("manager").id}


def test_cust_32_a_hand_over_changes_neither_who_asked_nor_who_decides(world, asking):
    made = asking.stage()
    transfer_customer(
        asking.firm.id, owner_id=world.actor("agent2").id, reason="换人", actor=world.actor("manager")
    )
    made = asking.read(made)
    assert (made.state, made.requester_id) == ("pending", asking.agent.id)
    assert [step.approver_id for step in made.steps] == [world.actor("manager").id]
