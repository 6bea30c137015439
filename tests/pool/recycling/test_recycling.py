"""POOL-19, POOL-23: customers into the public pool, by hand and by the job."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.customers.follow_ups.services import follow_up
from app.customers.shared import hindrances
from app.customers.shared.models import Push
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.pool.public_pool.models import PoolEntry
from app.pool.recycling.jobs import recycle_customers
from app.pool.recycling.queries import rehearse, rules_of
from app.pool.recycling.rules import create_rule
from app.pool.recycling.services import RECYCLED, WARNING, recycle_left_alone, recycle_to_pool
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, make_platform_customer, make_push, next_phone
from tests.support.traces import notifications, operations, stored

DONE = "customers put into the public pool"
STAY = "customers that stay for a reason"
WARNED = "owners warned"


def later(**span):
    return clock.frozen(clock.now() + timedelta(**span))


def entries(pk):
    db.session.commit()
    return db.session.scalars(select(PoolEntry).where(PoolEntry.customer_id == pk)).all()


def test_pool_19_by_hand(world):
    agent, manager = world.actor("agent"), world.actor("manager")
    made = make_customer(agent)
    make_push(made, sender=agent, receiver=world.actor("agent3"))
    recycle_to_pool(made.id, reason="员工太忙", actor=manager)
    row = stored(made.id)
    assert (row["pool"], row["follow_status"], row["owner_id"]) == ("platform", "following", None)
    assert row["department_id"] == agent.department_id
    (entry,) = entries(made.id)
    assert (entry.reason, entry.state, entry.original_owner_id) == ("manual", "available", agent.id)
    (log,) = operations(made, "pool.recycle")
    assert log.parameters["reason"] == "员工太忙"
    assert any("员工太忙" in str(one.parameters) for one in notifications(agent.id))
    assert [one.state for one in made_pushes(made.id)] == ["withdrawn"]


def made_pushes(pk):
    return db.session.scalars(select(Push).where(Push.customer_id == pk)).all()


def test_pool_19_who_may_and_when(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    for who, refusal in (("agent2", (NotFound, Denied)), ("other_agent", (NotFound, Denied))):
        with pytest.raises(refusal):
            recycle_to_pool(made.id, reason="x", actor=world.actor(who))
    with pytest.raises(Invalid):
        recycle_to_pool(made.id, reason=" ", actor=agent)
    unshelve_customer(made.id, reason="no_need", actor=agent)
    with pytest.raises(Denied, match=r"pool\.off_shelf"):
        recycle_to_pool(made.id, reason="x", actor=agent)
    platform = make_platform_customer(agent, state="following")
    with pytest.raises(Denied, match=r"pool\.not_personal"):
        recycle_to_pool(platform.id, reason="x", actor=world.actor("manager"))


def test_pool_23_a_number_that_the_department_has_is_refused(world):
    agent = world.actor("agent")
    number = next_phone()
    make_customer(world.actor("agent2"), phone=number)
    made = make_customer(agent, phone=number)
    with pytest.raises(Denied, match=r"customer\.duplicate"):
        recycle_to_pool(made.id, reason="x", actor=agent)


def test_pool_19_a_customer_with_business_stays_and_the_reason_is_said(world, monkeypatch):
    agent = world.actor("agent")
    made = make_customer(agent)
    monkeypatch.setattr(hindrances, "_joined", [lambda ids: dict.fromkeys(ids, "合同在履行中")])
    with pytest.raises(Denied) as caught:
        recycle_to_pool(made.id, reason="x", actor=agent)
    assert (caught.value.code, str(caught.value.message)) == ("pool.must_stay", "合同在履行中")
    with later(days=31):
        found = rehearse(agent.company_id, rules_of(agent.company_id))
        assert (found.total, found.passed_over) == (0, {made.id: "合同在履行中"})
        assert recycle_customers()[STAY] == 1
    assert stored(made.id)["owner_id"] == agent.id


def test_pool_19_the_job_recycles_and_warns_once(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    with later(days=27):
        assert recycle_customers() == {DONE: 0, STAY: 0, WARNED: 1}
        assert recycle_customers()[WARNED] == 0
    assert [one.message for one in notifications(agent.id)] == [WARNING]
    with later(days=30):
        assert recycle_customers()[DONE] == 0
    with later(days=31):
        assert recycle_customers(dry_run=True)[DONE] == 1
        assert recycle_customers()[DONE] == 1
        assert recycle_customers()[DONE] == 0
    (entry,) = entries(made.id)
    assert (entry.reason, entry.original_owner_id) == ("inactive_days", agent.id)
    assert [one.message for one in notifications(agent.id)][-1] == RECYCLED or RECYCLED in {
        one.message for one in notifications(agent.id)
    }
    assert operations(made, "pool.recycle")[0].actor_name == "system"


def test_pool_19_the_clock_starts_at_the_latest_step(world):
    agent, receiver = world.actor("agent"), world.actor("agent2")
    followed, moved, shelved, left = (make_customer(agent) for _ in range(4))
    unshelve_customer(shelved.id, reason="no_need", actor=agent)
    with later(days=20):
        follow_up(followed.id, content="聊过", method="phone", actor=agent)
        transfer_customer(moved.id, owner_id=receiver.id, reason="x", actor=world.actor("manager"))
        shelve_customer(shelved.id, remark="又想看房", follow_status="following", actor=agent)
    with later(days=40):
        assert recycle_customers()[DONE] == 1
    assert stored(left.id)["pool"] == "platform"
    with later(days=51):
        assert recycle_customers()[DONE] == 3


def test_pool_19_a_rule_names_another_department(world):
    agent, regional = world.actor("agent"), world.actor("regional")
    target = world.actor("agent3").department_id
    create_rule(department_id=agent.department_id, deal_status=None, level=None, days=3,
                to_department_id=target, actor=regional)  # fmt: skip
    made = make_customer(agent)
    with later(days=4):
        recycle_left_alone(agent.company_id)
    assert stored(made.id)["department_id"] == target
    assert entries(made.id)[0].department_id == target


def test_pool_19_the_rehearsal_says_what_the_job_then_does(world):
    agent, mate = world.actor("agent"), world.actor("agent2")
    number = next_phone()
    stays = [make_customer(one, phone=number).id for one in (agent, mate)]
    goes = [make_customer(agent).id for _ in range(3)]
    with later(days=31):
        found = rehearse(agent.company_id, rules_of(agent.company_id))
        assert (found.ids, sorted(found.passed_over)) == (goes, sorted(stays))
        assert recycle_customers()[DONE] == found.total == 3
    assert all(stored(pk)["pool"] == "platform" for pk in goes)
    assert all(stored(pk)["pool"] == "personal" for pk in stays)


@pytest.mark.both
def test_pool_19_the_job_against_a_follow_up(app, world):
    """Either the follow-up comes first, and the customer stays, or it is in the pool."""
    agent = world.actor("agent")
    for _ in range(3):
        made = make_customer(agent)
        with later(days=31):
            write = partial(follow_up, made.id, content="聊过", method="phone", actor=agent)
            race(app, [write, partial(recycle_left_alone, agent.company_id)])
            row = stored(made.id)
            if row["pool"] == "personal":
                assert row["last_follow_up_at"] is not None
                recycle_to_pool(made.id, reason="x", actor=agent)
            assert len(entries(made.id)) == 1
            assert len(operations(made, "pool.recycle")) == 1


@pytest.mark.both
def test_pool_19_two_runs_at_once_recycle_once(app, world):
    agent = world.actor("agent")
    made = [make_customer(agent).id for _ in range(6)]
    with later(days=31):
        won, codes = sorted_out(race(app, [partial(recycle_left_alone, agent.company_id)] * 4))
    assert codes == []
    assert sum(one.done for one in won) <= 6
    assert all(len(entries(pk)) <= 1 for pk in made)
