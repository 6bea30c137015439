"""ACC-15: who can be named for a customer: active staff of its company whose own roles allow the work."""

from __future__ import annotations

import pytest

from app.customers.members.services import add_member
from app.customers.transfers.services import transfer_customer
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.org.accounts.services import create_account
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Department, Staff
from app.org.staff.services import create_staff
from app.pool.holding.services import assign_customer
from app.pool.pushes.services import push_customer
from app.pool.shelving.services import shelve_customer
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser


def colleague(world):
    """Somebody more of the second company's store."""
    user = create_account(username="other2", name="钟二", password=PASSWORD, roles=["Agent"], actor=SYSTEM)
    store = db.session.get(Department, world.department("other_store").id)
    create_staff(user=user, department=store, phone="", actor=SYSTEM)
    return actor_by_username("other2")


READERS = ["finance", "auditor", "onsite", "consultant"]


@pytest.mark.parametrize("who", READERS)
def test_acc_15_who_may_not_work_on_customers_is_named_for_none(world, who):
    boss, named = world.actor("regional"), world.actor(who).id
    mine, pending = make_customer(world.actor("agent")), make_platform_customer(world.actor("agent"))
    off = shelve(make_platform_customer(world.actor("agent")))
    tries = [
        ("owner_id", lambda: transfer_customer(mine.id, owner_id=named, reason="x", actor=boss)),
        ("handler_id", lambda: assign_customer(pending.id, handler_id=named, actor=boss)),
        ("handler_id", lambda: shelve_customer(off.id, handler_id=named, remark="x", actor=boss)),
        ("receiver_id", lambda: push_customer(mine.id, receiver_id=named, actor=boss)),
        ("staff_id", lambda: add_member(mine.id, staff_id=named, access="write", actor=boss)),
        ("owner_id", lambda: make_customer(world.actor("admin"), owner_id=named)),
        ("handler_id", lambda: make_customer(boss, pool="platform", handler_id=named)),
    ]
    for field, attempt in tries:
        with pytest.raises(Invalid) as caught:
            attempt()
        assert [*caught.value.fields] == [field]
    assert add_member(mine.id, staff_id=named, access="read", actor=boss).access == "read"


def test_acc_15_the_choice_offers_only_who_may_be_named(api):
    rows = api("agent").get("/staff", may="follow_up", page_size=100).get_json()["items"]
    names = {row["name"] for row in rows}
    assert "陈晓雯" in names
    assert not names & {"沈清和", "顾明哲", "田野", "夏语冰"}
    assert api("agent").get("/staff", may="anything").status_code == 422


def test_acc_15_the_administrator_acts_in_the_second_company(world):
    admin, other, mate = world.actor("admin"), world.actor("other_agent"), colleague(world)
    file, pending = make_customer(other), make_platform_customer(other)
    assert add_member(file.id, staff_id=mate.id, access="write", actor=admin).staff_id == mate.id
    assert transfer_customer(file.id, owner_id=mate.id, reason="x", actor=admin).owner_id == mate.id
    assert assign_customer(pending.id, handler_id=mate.id, actor=admin).handler_id == mate.id
    stranger = world.actor("agent").id
    for attempt in (
        lambda: add_member(file.id, staff_id=stranger, access="read", actor=admin),
        lambda: transfer_customer(file.id, owner_id=stranger, reason="x", actor=admin),
        lambda: assign_customer(pending.id, handler_id=stranger, actor=admin),
    ):
        with pytest.raises(Invalid):
            attempt()


def test_acc_15_the_administrators_choice_says_the_company(app, world):
    rows = Browser(app, "admin").get("/options/staff?may=follow_up&q=龚").get_json()["results"]
    number = db.session.get(Staff, world.actor("other_agent").id).employee_no
    assert [row["text"] for row in rows] == [f"龚一鸣 · {number} · 异业门店 · 异业置业有限公司"]
