"""POOL-4: reveals after one's own change of the districts, or just before one's release, are told at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.notices.models import Notification
from app.pool.holding.services import publicize_customer
from tests.support.make import make_customer, make_platform_customer, privatize

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
CHANGED, RELEASED = "after changing its demand districts", "within an hour of looking"


def _at(hours: float, call, *args, **values):
    with clock.frozen(NOON + timedelta(hours=hours)):
        return call(*args, **values)


def _look(made, actor, hours: float):
    return _at(hours, reveal_phone, made.id, purpose="回访", actor=actor)


def _told(text: str) -> list[tuple[int, dict[str, str]]]:
    db.session.commit()
    with unscoped("test: every inbox"):
        rows = db.session.scalars(select(Notification).where(Notification.message.contains(text))).all()
    return [(row.recipient_id, row.parameters) for row in rows]


@pytest.fixture
def public(world):
    """A public platform customer of ``agent``'s store, whose demand ``agent`` meets."""
    return make_platform_customer(
        world.actor("agent"), state="following", demand={"district_ids": [world.district("锦江区").id]}
    )


def _move_demand(world, made, actor, hours: float, name: str = "青羊区"):
    values = {"demand_districts": [world.district(name).id, world.district("锦江区").id]}
    _at(hours, update_customer, made.id, version=made.version, values=values, actor=actor)


@pytest.mark.both
def test_pool_4_a_reveal_after_ones_own_change_of_districts_is_told_once(world, public):
    agent = world.actor("agent")
    _look(public, agent, -1)
    _move_demand(world, public, agent, 0)
    _look(public, agent, 1)
    _look(public, agent, 2)
    words = {"who": agent.name, "name": public.name}
    assert _told(CHANGED) == [(world.actor("manager").id, words)], "once, and without a number"
    _move_demand(world, public, agent, 3, "武侯区")
    _look(public, agent, 4)
    assert len(_told(CHANGED)) == 2


def test_pool_4_neither_later_nor_by_another_nor_after_other_edits(world, public):
    agent, mate = world.actor("agent"), world.actor("agent2")
    _at(0, update_customer, public.id, version=1, values={"remark": "急"}, actor=agent)
    _look(public, agent, 1)
    _move_demand(world, public, mate, 2)
    _look(public, agent, 3)
    _look(public, mate, 26)
    assert _told(CHANGED) == []
    own = make_customer(agent, demand={"district_ids": [world.district("锦江区").id]})
    _move_demand(world, own, agent, 0)
    _look(own, agent, 1)
    assert _told(CHANGED) == [], "districts open no personal customer"


@pytest.mark.both
def test_pool_4_a_release_within_an_hour_of_the_reveal_is_told_once(world, public):
    agent = world.actor("agent")
    privatize(public, agent)
    _look(public, agent, 0)
    _at(0.9, publicize_customer, public.id, actor=agent)
    assert _told(RELEASED) == [(world.actor("manager").id, {"who": agent.name, "name": public.name})]
    privatize(public, agent)
    _at(0.95, publicize_customer, public.id, actor=agent)
    assert len(_told(RELEASED)) == 1, "the same reveal"


def test_pool_4_no_release_later_or_by_another_is_told(world, public):
    agent = world.actor("agent")
    privatize(public, agent)
    _look(public, agent, 0)
    _at(0.5, publicize_customer, public.id, actor=world.actor("manager"))
    privatize(public, agent)
    _at(1.1, publicize_customer, public.id, actor=agent)
    assert _told(RELEASED) == []
