"""CUST-30: the activity, derived: in the public pool, inactive, else active; in the record and as a filter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.shared.activity import activity_of
from app.customers.shared.models import Customer
from app.customers.shared.pool_entries import POOL_ENTRY
from app.customers.shared.settings import ACTIVE_DAYS
from app.kernel import clock
from app.pool.public_pool.models import PoolEntry
from tests.support.make import make_customer, shelve
from tests.support.web.clients import ApiClient

DAY = timedelta(days=1)
JUST = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changed", "activity"),
    [
        ({}, "active"),
        ({"follow_status": "pending"}, "active"),
        ({"follow_status": "off_shelf"}, "inactive"),
        ({"stage": "lapsed"}, "inactive"),
        ({"enabled": False}, "inactive"),
        ({"last": 90 * DAY - JUST}, "active"),
        ({"last": 90 * DAY + JUST}, "inactive"),
        ({"created": 90 * DAY + JUST}, "inactive"),
        ({"created": 400 * DAY, "last": DAY}, "active"),
        ({"in_pool": True, "follow_status": "off_shelf"}, "in_pool"),
    ],
)
def test_cust_30_what_makes_a_customer_inactive(world, changed, activity):
    usual = {"follow_status": "following", "stage": "lead", "enabled": True, "in_pool": False}
    values = {**usual, **changed}
    last, created = values.pop("last", None), values.pop("created", DAY)
    now = clock.now()
    moments = {"created_at": now - created, "last_follow_up_at": last and now - last}
    assert activity_of(Customer(**values, **moments)) == activity


def test_cust_30_record_and_filter_agree(app, world):
    agent = world.actor("agent")
    with clock.frozen(clock.now() - (ACTIVE_DAYS.get() + 1) * DAY):
        quiet, followed = make_customer(agent, name="久"), make_customer(agent, name="跟")
    follow_up(followed.id, content="x", method="phone", actor=agent)
    off = shelve(make_customer(agent, name="下"))
    pooled = make_customer(agent, name="池", pool="platform", into_pool=True)
    wanted = {"active": {followed.id}, "inactive": {quiet.id, off.id}, "in_pool": {pooled.id}}
    client = ApiClient(app, "agent")
    for activity, ids in wanted.items():
        items = client.get("/customers", activity=activity).get_json()["items"]
        assert ({one["id"] for one in items}, {one["activity"] for one in items}) == (ids, {activity})
        for pk in ids:
            assert client.get(f"/customers/{pk}").get_json()["activity"] == activity
    assert client.get("/customers", activity="x").status_code == 422


def test_cust_30_the_pools_table_is_the_one_that_the_file_reads():
    known = PoolEntry.__table__
    assert known.name == POOL_ENTRY.name
    assert {one.name for one in POOL_ENTRY.c} <= {one.name for one in known.c}
