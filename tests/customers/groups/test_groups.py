"""CUST-3: link groups, customers that belong together."""

from __future__ import annotations

import re

import pytest

from app.customers.groups.queries import linked_customers
from app.customers.groups.services import join_group, leave_group
from app.customers.members.services import add_member
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer, make_platform_customer
from tests.support.traces import denied, invalid, nothing_written, operations, stored
from tests.support.web.person import Browser


@pytest.fixture
def agent(world):
    return world.actor("agent")


@pytest.fixture
def three(agent):
    return [make_customer(agent, name=name) for name in ("父亲", "母亲", "儿子")]


def _code(customer) -> str | None:
    return stored(customer.id)["link_code"]


def _linked(customer, actor) -> list[str]:
    return [one.name for one in db.session.scalars(linked_customers(customer, actor))]


def test_cust_3_two_without_a_group_make_one(agent, three):
    father, mother, _son = three
    join_group(father.id, customer_id=mother.id, actor=agent)
    assert re.fullmatch(r"GRP\d{12}", _code(father))
    assert _code(father) == _code(mother)
    assert _linked(father, agent) == ["母亲"]
    for one, other in ((father, mother), (mother, father)):
        (log,) = operations(one, "customer.join_group")
        assert log.parameters == {"other": other.code}
        assert log.differences == {"link_code": ["", _code(father)]}


def test_cust_3_whoever_has_a_group_takes_the_other_in(agent, three):
    father, mother, son = three
    join_group(father.id, customer_id=mother.id, actor=agent)
    join_group(son.id, customer_id=father.id, actor=agent)
    assert _linked(son, agent) == ["母亲", "父亲"]
    daughter = make_customer(agent, name="女儿")
    join_group(mother.id, customer_id=daughter.id, actor=agent)
    assert _linked(son, agent) == ["女儿", "母亲", "父亲"]


def test_cust_3_together_already_or_in_different_groups(agent, three):
    father, mother, son = three
    friend = make_customer(agent)
    join_group(father.id, customer_id=mother.id, actor=agent)
    join_group(son.id, customer_id=friend.id, actor=agent)
    with denied("customer.same_group"):
        join_group(mother.id, customer_id=father.id, actor=agent)
    with denied("customer.other_group"):
        join_group(father.id, customer_id=son.id, actor=agent)


def test_cust_3_leaving_leaves_the_others_together(agent, three):
    father, mother, son = three
    join_group(father.id, customer_id=mother.id, actor=agent)
    join_group(father.id, customer_id=son.id, actor=agent)
    code = _code(father)
    leave_group(father.id, actor=agent)
    assert _code(father) is None
    assert _linked(mother, agent) == ["儿子"]
    assert _linked(father, agent) == []
    (log,) = operations(father, "customer.leave_group")
    assert log.differences == {"link_code": [code, ""]}
    with denied("customer.no_group"):
        leave_group(father.id, actor=agent)


def test_cust_3_not_with_itself_nor_with_what_cannot_be_opened(world, agent, three):
    out_of_reach = make_customer(world.actor("agent3"))
    abroad = make_customer(world.actor("other_agent"))
    for other in (three[0].id, out_of_reach.id, abroad.id, 10**6):
        with invalid("customer_id"):
            join_group(three[0].id, customer_id=other, actor=agent)
    with invalid("customer_id"):
        join_group(three[0].id, customer_id=abroad.id, actor=world.actor("admin"))
    with nothing_written(), pytest.raises(NotFound):
        join_group(out_of_reach.id, customer_id=three[0].id, actor=agent)


def test_cust_21_only_those_in_charge_or_the_team_link_and_dissolve(world, agent, three):
    reader = world.actor("agent2")
    add_member(three[0].id, staff_id=reader.id, access="read", actor=agent)
    own = make_customer(reader)
    with denied("customer.not_responsible", 403):
        join_group(three[0].id, customer_id=own.id, actor=reader)
    join_group(own.id, customer_id=three[0].id, actor=reader)
    assert _code(own) == _code(three[0]) is not None
    with denied("customer.not_responsible", 403):
        leave_group(three[0].id, actor=reader)
    add_member(three[0].id, staff_id=reader.id, access="write", actor=agent)
    leave_group(three[0].id, actor=reader)


def test_acc_6_the_others_are_shown_to_those_who_can_open_them(world, agent, three):
    father, mother, _son = three
    shared = make_platform_customer(agent, state="following", name="公司")
    join_group(father.id, customer_id=mother.id, actor=agent)
    join_group(father.id, customer_id=shared.id, actor=world.actor("manager"))
    assert _linked(shared, agent) == ["母亲", "父亲"]
    assert _linked(shared, world.actor("agent2")) == []
    assert _linked(shared, world.actor("manager")) == ["母亲", "父亲"]


def test_cust_3_groups_on_pages(app, world, three):
    father, mother, _son = three
    browser = Browser(app, "agent")
    found = browser.get("/customers/options?q=母亲").get_json()
    assert found["results"] == [{"id": mother.id, "text": f"母亲 · {mother.code}"}]
    by_code = browser.get(f"/customers/options?q={mother.code}").get_json()
    assert [one["id"] for one in by_code["results"]] == [mother.id]
    assert len(browser.get("/customers/options").get_json()["results"]) == 3
    assert Browser(app, "agent3").get("/customers/options?q=母亲").get_json()["results"] == []
    path = f"/customers/{father.id}/join-group"
    page = browser.submit(path, {"customer_id": str(father.id)}, 422)
    assert set(page.errors()) == {"customer_id"}
    assert browser.post(path, {"customer_id": str(mother.id)}).location == f"/customers/{father.id}#linked"
    tab = browser.get(f"/customers/{father.id}/tab/linked").get_data(as_text=True)
    assert f"/customers/{mother.id}" in tab
    assert "leave-group" in tab
    page = browser.submit(path, {"customer_id": str(mother.id)}, 409)
    assert set(page.errors()) == {"customer_id"}
    assert browser.get(f"/customers/{father.id}/leave-group").status_code == 200
    assert browser.post(f"/customers/{father.id}/leave-group", {}).status_code == 303
    assert _code(father) is None


@pytest.mark.both
def test_cust_3_groups_in_the_api(api, world, three):
    father, mother, _son = three
    http = api("agent")
    joined = http.post(f"/customers/{father.id}/join-group", {"customer_id": mother.id})
    assert joined.status_code == 200
    assert joined.get_json()["link_code"] == _code(mother)
    assert http.get(f"/customers/{father.id}/linked").get_json() == {
        "items": [{"id": mother.id, "code": mother.code, "name": "母亲"}]
    }
    assert http.post(f"/customers/{father.id}/leave-group").get_json()["link_code"] is None
    assert http.get(f"/customers/{father.id}/linked").get_json() == {"items": []}
    assert http.post(f"/customers/{father.id}/leave-group").status_code == 409
    assert api("auditor").post(f"/customers/{father.id}/leave-group").status_code == 403
