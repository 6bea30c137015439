"""Looking at a full number: POOL-4, ACC-10."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.audit.queries import sentence_of
from app.customers.numbers.queries import reveals_of
from app.customers.numbers.services import remaining_reveals, reveal_phone, revealed_number
from app.customers.shared.queries import get_customer
from app.customers.shared.settings import REVEAL_QUOTA, reveal_quota
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer, make_member, make_platform_customer, make_push
from tests.support.traces import denied, nothing_written, operations

# One minute before and after midnight in Shanghai.
EVENING = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
MORNING = datetime(2026, 3, 1, 16, 1, tzinfo=UTC)


def _quota(role: str, number: int) -> None:
    REVEAL_QUOTA.of(role).store(number)
    db.session.commit()


def _look(customer, actor, purpose="约看房时间"):
    return reveal_phone(customer.id, purpose=purpose, actor=actor)


def test_acc_10_a_look_is_recorded_with_all_its_circumstances(world):
    agent = replace(world.actor("agent"), source="192.0.2.7", request_id="r-1")
    made = make_customer(agent)
    with clock.frozen(EVENING):
        row = _look(made, agent)
    assert revealed_number(row, agent) == made.phone.reveal()
    assert (row.customer_id, row.staff_id, row.department_id) == (made.id, agent.id, agent.department_id)
    assert (row.purpose, row.source, row.created_at) == ("约看房时间", "192.0.2.7", EVENING)
    (log,) = operations(made, "customer.reveal_phone")
    assert (log.actor_id, log.source, log.request_id) == (agent.id, "192.0.2.7", "r-1")
    with force_locale("zh"):
        assert "约看房时间" in sentence_of(log)
    assert "约看房时间" not in log.sentence, "what somebody typed is encrypted (PLAT-1)"
    assert made.phone.reveal() not in log.sentence + repr(log.parameters) + repr(log.differences)


def test_acc_10_the_file_lists_its_looks(world):
    made, other = make_customer(world.actor("agent")), make_customer(world.actor("agent"))
    for name in ("agent", "manager", "regional"):
        _look(made, world.actor(name), purpose=name)
    _look(other, world.actor("agent"))
    customer = get_customer(made.id, actor=world.actor("manager"))
    rows = db.session.scalars(reveals_of(customer)).all()
    assert {(row.staff.name, row.purpose) for row in rows} == {
        (world.actor(name).name, name) for name in ("agent", "manager", "regional")
    }


def test_pool_4_personal(world):
    """The tables are in test_policies_change; here the service asks them."""
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    make_push(made, receiver=world.actor("agent3"), state="pending")
    for name in ("agent2", "agent3", "admin", "auditor", "finance"):
        with denied("customer.reveal_personal", 403):
            _look(made, world.actor(name))
    for name in ("other_agent", "broker"):
        with nothing_written(), pytest.raises(NotFound):
            _look(made, world.actor(name))


def test_pool_4_an_accepted_push_opens_the_number(world):
    made = make_customer(world.actor("agent"))
    make_push(made, receiver=world.actor("agent3"), state="accepted")
    row = _look(made, world.actor("agent3"))
    assert (row.staff_id, revealed_number(row, world.actor("agent3"))) == (
        world.actor("agent3").id,
        made.phone.reveal(),
    )


def test_pool_4_platform_by_state_and_district(world):
    wanted = {"district_ids": [world.district("锦江区").id]}
    public = make_platform_customer(world.actor("agent3"), state="following", demand=wanted)
    assert _look(public, world.actor("agent")).staff_id == world.actor("agent").id
    with denied("customer.reveal_district", 403):
        _look(public, world.actor("agent3"))
    held = make_platform_customer(world.actor("agent2"), state="private", demand=wanted)
    with denied("customer.held_by_another", 403):
        _look(held, world.actor("agent"))
    waiting = make_platform_customer(world.actor("agent2"), state="pending", demand=wanted)
    with denied("customer.reveal_pending", 403):
        _look(waiting, world.actor("agent"))
    for customer in (held, waiting):
        assert _look(customer, world.actor("agent2"))
        assert _look(customer, world.actor("manager"))


def test_pool_4_a_parent_district_meets_its_children(world):
    city = {"district_ids": [world.district("成都市").id]}
    made = make_platform_customer(world.actor("agent3"), state="following", demand=city)
    assert _look(made, world.actor("agent"))
    assert _look(made, world.actor("agent3"))


def test_acc_10_the_quota_holds_for_one_shanghai_day(world):
    agent = world.actor("agent")
    _quota("Agent", 2)
    made = make_customer(agent)
    with clock.frozen(EVENING):
        _look(made, agent)
        assert remaining_reveals(agent) == 1
        _look(made, agent)
        assert remaining_reveals(agent) == 0
        with denied("customer.reveal_quota", 429):
            _look(made, agent)
    with clock.frozen(MORNING):
        assert remaining_reveals(agent) == 2
        assert _look(made, agent)


def test_acc_10_everybody_has_their_own_quota(world):
    _quota("Agent", 1)
    made = make_platform_customer(world.actor("agent"), state="following")
    _look(made, world.actor("agent"))
    with denied("customer.reveal_quota", 429):
        _look(made, world.actor("agent"))
    assert _look(made, world.actor("agent2"))


def test_acc_10_the_quota_is_the_highest_of_ones_roles(world):
    agent = world.actor("agent")
    _quota("Agent", 1)
    _quota("StoreManager", 3)
    _quota("Finance", 2)
    assert reveal_quota(agent) == 1
    assert reveal_quota(replace(agent, roles=frozenset({"Agent", "StoreManager", "Finance"}))) == 3
    assert reveal_quota(replace(agent, roles=frozenset({"Agent", "店秘"}))) == 50
    assert reveal_quota(replace(agent, roles=frozenset())) == 0


def test_acc_10_the_default_is_50_and_zero_is_none(world):
    agent = world.actor("agent")
    assert reveal_quota(agent) == 50
    made = make_customer(agent)
    _quota("Agent", 0)
    with denied("customer.reveal_quota", 429):
        _look(made, agent)


def test_acc_10_a_refusal_by_rule_uses_nothing_up(world):
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    with denied("customer.reveal_personal", 403):
        _look(made, world.actor("agent2"))
    assert remaining_reveals(world.actor("agent2")) == 50


def test_pool_4_without_a_number_there_is_nothing_to_see(world):
    made = make_customer(world.actor("agent"), kind="enterprise", phone=None)
    with denied("customer.no_phone"):
        _look(made, world.actor("agent"))
