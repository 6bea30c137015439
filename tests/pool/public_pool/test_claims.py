"""POOL-20, POOL-23: who takes customers out of the public pool, within which limits, and what remains."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.actor import Actor
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.pool.holding.services import privatize_customer
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.policies import ClaimFacts, can_assign_from_pool, can_claim, within_claim_limits
from app.pool.public_pool.services import assign_from_pool, claim_from_pool
from app.pool.public_pool.settings import CLAIMS_A_DAY, FORMER_OWNER_DAYS, HELD_CEILING, OWN_DEPARTMENT_HOURS
from app.pool.recycling.services import recycle_to_pool
from app.pool.shelving.services import unshelve_customer
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, next_phone
from tests.support.traces import notifications, operations, stored

NOW = datetime(2026, 3, 9, 4, tzinfo=UTC)
FREE = ClaimFacts(
    now=NOW, since=NOW - timedelta(days=1), was_owner=False, is_own_department=True, claims=0, held=0,
    claims_a_day=10, held_ceiling=300, former_owner_days=7, own_department_hours=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"was_owner": True}, "pool.was_yours"),
        ({"was_owner": True, "since": NOW - timedelta(days=7)}, ""),
        ({"was_owner": True, "since": NOW - timedelta(days=7) + timedelta(seconds=1)}, "pool.was_yours"),
        ({"was_owner": True, "former_owner_days": 0}, ""),
        ({"is_own_department": False}, ""),
        ({"is_own_department": False, "own_department_hours": 25}, "pool.own_department_first"),
        ({"is_own_department": False, "own_department_hours": 24}, ""),
        ({"own_department_hours": 25}, ""),
        ({"claims": 9}, ""),
        ({"claims": 10}, "pool.claim_quota"),
        ({"held": 299}, ""),
        ({"held": 300}, "pool.held_ceiling"),
    ],
)
def test_pool_20_limits_of_claiming(changed, code):
    verdict = within_claim_limits(replace(FREE, **changed))
    assert (bool(verdict), verdict.code) == (not code, code)
    assert verdict.status == (429 if code == "pool.claim_quota" else 409)


EAST, WEST = 3, 4
PEOPLE = {
    "colleague": {"below": frozenset({EAST})},
    "manager": {"below": frozenset({EAST}), "managed": frozenset({EAST})},
    "other": {"department_id": WEST, "below": frozenset({WEST})},
    "region": {
        "department_id": 2,
        "below": frozenset({2, EAST, WEST}),
        "managed": frozenset({2, EAST, WEST}),
    },
    "no staff": {"department_id": None, "sees_all": True},
}


@pytest.mark.parametrize(
    ("who", "claims", "assigns"),
    [
        ("colleague", "", "pool.not_in_charge_of_pool"),
        ("manager", "", ""),
        ("other", "pool.entry_out_of_reach", "pool.not_in_charge_of_pool"),
        ("region", "", ""),
        ("no staff", "pool.entry_out_of_reach", ""),
    ],
)
def test_pool_3_pool_20_who_claims_and_who_assigns(who, claims, assigns):
    actor = Actor(**{"id": 9, "username": who, "name": who, "department_id": EAST, **PEOPLE[who]})
    entered = SimpleNamespace(department_id=EAST, pooled_at=NOW, enabled=True)
    assert can_claim(actor, entered).code == claims
    assert can_assign_from_pool(actor, entered).code == assigns
    for gone in (
        SimpleNamespace(department_id=EAST, pooled_at=None, enabled=True),
        SimpleNamespace(department_id=EAST, pooled_at=NOW, enabled=False),
    ):
        assert not can_claim(actor, gone)


@pytest.fixture
def pooled(world):
    """A customer of an agent in the public pool of the agent's department."""
    made = make_customer(world.actor("agent"))
    return recycle_to_pool(made.id, reason="没有时间跟进", actor=world.actor("agent"))


def keep(setting, value):
    setting.store(value)
    db.session.commit()


def entry_of(pk):
    db.session.commit()
    return db.session.scalars(select(PoolEntry).where(PoolEntry.customer_id == pk)).one()


def test_pool_20_claiming_makes_it_ones_own(world, pooled):
    claimer = world.actor("agent2")
    claim_from_pool(pooled.id, actor=claimer)
    row = stored(pooled.id)
    assert (row["pool"], row["owner_id"], row["pooled_at"]) == ("personal", claimer.id, None)
    assert row["department_id"] == claimer.department_id
    entry = entry_of(pooled.id)
    assert (entry.state, entry.new_owner_id, entry.decided_by_id) == ("claimed", claimer.id, claimer.id)
    assert entry.original_owner_id == world.actor("agent").id
    (log,) = operations(pooled, "pool.claimed")
    assert log.differences["pool"] == ["platform", "personal"]


def test_pool_20_assigning_tells_the_receiver(world, pooled):
    manager, receiver = world.actor("manager"), world.actor("agent2")
    assign_from_pool(pooled.id, owner_id=receiver.id, actor=manager)
    assert stored(pooled.id)["owner_id"] == receiver.id
    entry = entry_of(pooled.id)
    assert (entry.state, entry.new_owner_id, entry.decided_by_id) == ("assigned", receiver.id, manager.id)
    assert [one.message for one in notifications(receiver.id)] == [
        "%(who)s gave you %(name)s from the public pool"
    ]
    assert len(operations(pooled, "pool.assigned")) == 1


def test_pool_20_limits_hold_in_the_service(world, pooled):
    keep(FORMER_OWNER_DAYS, 7)
    refused(world, pooled, "agent", "pool.was_yours")
    keep(CLAIMS_A_DAY, 0)
    refused(world, pooled, "agent2", "pool.claim_quota")
    keep(CLAIMS_A_DAY, 10)
    keep(HELD_CEILING, 0)
    refused(world, pooled, "agent2", "pool.held_ceiling")
    receiver = world.actor("agent2")
    with pytest.raises(Denied, match=r"pool\.held_ceiling"):
        assign_from_pool(pooled.id, owner_id=receiver.id, actor=world.actor("manager"))
    keep(HELD_CEILING, 300)
    keep(OWN_DEPARTMENT_HOURS, 1)
    refused(world, pooled, "regional", "pool.own_department_first")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        claim_from_pool(pooled.id, actor=world.actor("regional"))


def refused(world, customer, who, code):
    with pytest.raises(Denied) as caught:
        claim_from_pool(customer.id, actor=world.actor(who))
    assert caught.value.code == code
    assert entry_of(customer.id).state == "available"
    assert stored(customer.id)["owner_id"] is None


def test_pool_20_the_day_of_the_limit_is_shanghais(world):
    keep(CLAIMS_A_DAY, 1)
    agent, claimer = world.actor("agent"), world.actor("agent2")
    first, second = [recycle_to_pool(make_customer(agent).id, reason="x", actor=agent) for _ in range(2)]
    late = datetime(2027, 3, 9, 23, 59, tzinfo=clock.LOCAL)
    with clock.frozen(late):
        claim_from_pool(first.id, actor=claimer)
        with pytest.raises(Denied, match=r"pool\.claim_quota"):
            claim_from_pool(second.id, actor=claimer)
    with clock.frozen(late + timedelta(minutes=2)):
        claim_from_pool(second.id, actor=claimer)


def test_pool_20_a_claim_counts_whatever_became_of_it(world):
    keep(CLAIMS_A_DAY, 1)
    agent, claimer = world.actor("agent"), world.actor("agent2")
    first, second = [recycle_to_pool(make_customer(agent).id, reason="x", actor=agent) for _ in range(2)]
    claim_from_pool(first.id, actor=claimer)
    recycle_to_pool(first.id, reason="不合适", actor=claimer)
    with pytest.raises(Denied, match=r"pool\.claim_quota"):
        claim_from_pool(second.id, actor=claimer)


def test_pool_23_a_duplicate_at_the_claimers_is_refused(world):
    agent, claimer = world.actor("agent"), world.actor("regional")
    number = next_phone()
    make_customer(claimer, phone=number)
    made = recycle_to_pool(make_customer(agent, phone=number).id, reason="x", actor=agent)
    with pytest.raises(Denied, match=r"customer\.duplicate"):
        claim_from_pool(made.id, actor=claimer)
    assert entry_of(made.id).state == "available"


def test_pool_20_privatizing_and_unshelving_close_the_entry(world, pooled):
    privatize_customer(pooled.id, actor=world.actor("agent2"))
    entry = entry_of(pooled.id)
    assert (entry.state, entry.new_owner_id) == ("claimed", None)
    assert stored(pooled.id)["pooled_at"] is None
    other = recycle_to_pool(make_customer(world.actor("agent")).id, reason="x", actor=world.actor("agent"))
    unshelve_customer(other.id, reason="no_need", actor=world.actor("manager"))
    assert entry_of(other.id).state == "withdrawn"
    assert stored(other.id)["pooled_at"] is None


def test_pool_3_an_outsider_does_not_learn_of_it(world, pooled):
    with pytest.raises((NotFound, Denied)):
        claim_from_pool(pooled.id, actor=world.actor("other_agent"))


@pytest.mark.both
def test_pool_20_fifty_claims_at_once_make_one_owner(app, world, pooled):
    people = [world.actor(name) for name in ("agent2", "manager", "regional")]
    calls = [partial(claim_from_pool, pooled.id, actor=people[n % 3]) for n in range(50)]
    won, codes = sorted_out(race(app, calls))
    assert len(won) == 1
    assert set(codes) <= {"pool.not_in_pool"} or "pool.claim_quota" not in codes
    assert len(codes) == 49
    entry = entry_of(pooled.id)
    assert entry.new_owner_id == stored(pooled.id)["owner_id"]
    assert len(operations(pooled, "pool.claimed")) == 1


@pytest.mark.both
def test_pool_20_the_limit_is_not_passed_at_its_edge(app, world):
    keep(CLAIMS_A_DAY, 2)
    agent, claimer = world.actor("agent"), world.actor("agent2")
    made = [recycle_to_pool(make_customer(agent).id, reason="x", actor=agent).id for _ in range(5)]
    won, codes = sorted_out(race(app, [partial(claim_from_pool, pk, actor=claimer) for pk in made]))
    assert (len(won), codes) == (2, ["pool.claim_quota"] * 3)
    with unscoped("the test counts what the claimer owns"):
        owned = db.session.scalars(select(Customer.id).where(Customer.owner_id == claimer.id)).all()
    assert len(owned) == 2
