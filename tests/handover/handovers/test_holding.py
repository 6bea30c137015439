"""HAND-1, POOL-19, CUST-9, CUST-22, CUST-32: what an open handover keeps the customer from."""

from __future__ import annotations

import pytest

from app.customers.shared.hindrances import hindrances_of
from app.customers.shared.merges import judge_merge
from app.customers.shared.merges import merge_refusals as all_refusals
from app.customers.shared.parts import HandOver, Merge
from app.customers.transfers.services import transfer_customer
from app.handover.handovers.holding import ANSWERS
from app.handover.handovers.models import Handover
from app.handover.handovers.queries import items_of
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.org.shared.models import Staff
from app.pool.recycling.services import recycle_to_pool
from tests.support.deals import logged
from tests.support.handovers import make_handover
from tests.support.make import make_customer
from tests.support.traces import denied, stored


@pytest.mark.parametrize("stage", ["preparation", "review", "confirmation"])
def test_hand_1_no_transfer_recycling_or_merge_while_it_is_open(app, world, stage):
    agent, manager = world.actor("agent"), world.actor("manager")
    customer, other = make_customer(agent), make_customer(agent)
    make_handover(world, customer=customer, stage=stage)
    with denied("customer.held"):
        transfer_customer(customer.id, owner_id=world.actor("agent2").id, reason="x", actor=manager)
    with denied("pool.must_stay"):
        recycle_to_pool(customer.id, reason="x", actor=manager)
    refusals = all_refusals([customer, other], manager)
    assert refusals.keys() == {customer.id}
    assert judge_merge([customer, other], refusals).code == "handover.open"


@pytest.mark.parametrize("stage", ["completed", "cancelled"])
def test_hand_1_an_ended_one_keeps_nothing(app, world, stage):
    handover = make_handover(world, stage=stage)
    assert hindrances_of([handover.customer_id]) == {}
    manager = world.actor("manager2" if stage == "completed" else "manager")
    transfer_customer(handover.customer_id, owner_id=world.actor("agent2").id, reason="x", actor=manager)
    assert stored(handover.customer_id)["owner_id"] == world.actor("agent2").id


def test_cust_32_another_way_to_another_owner_cancels_it(app, world):
    agent, handover = world.actor("agent"), make_handover(world)
    receiver = db.session.get(Staff, world.actor("agent2").id)
    ANSWERS.hand_over(HandOver(handover.customer, agent.id, receiver, world.actor("manager")))
    db.session.flush()
    assert handover.stage == "cancelled"
    assert logged(handover)[-1].operation == "handover.cancel"


@pytest.mark.parametrize("answer", ["unshelve", "freeze"])
def test_cust_32_other_steps_leave_it(app, world, answer):
    handover = make_handover(world)
    getattr(ANSWERS, answer)([handover.customer], world.actor("agent"))
    assert handover.stage == "preparation"


def test_pool_19_recycled_cancels_it(app, world):
    handover = make_handover(world)
    ANSWERS.recycle([handover.customer], world.actor("manager"))
    assert handover.stage == "cancelled"


def test_cust_9_the_survivor_takes_what_was_handed_over(app, world):
    handover, survivor = make_handover(world, stage="cancelled"), make_customer(world.actor("agent"))
    ANSWERS.merge(Merge(survivor, handover.customer, world.actor("agent")))
    with unscoped("the test looks"):
        kept = db.session.get(Handover, handover.id, populate_existing=True)
    assert kept.customer_id == survivor.id


def test_cust_22_erased_it_keeps_the_name_and_no_words(app, world):
    handover = make_handover(world)
    name = handover.customer.name
    ANSWERS.erase([handover.customer], world.actor("admin"))
    db.session.flush()
    assert (handover.stage, handover.customer_name) == ("cancelled", name)
    assert {item.description for item in items_of(handover)} == {"—"}
