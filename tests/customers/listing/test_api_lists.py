"""Collections of the REST API: pages, order, filters (api.md, CUST-13, POOL-3)."""

from __future__ import annotations

import re

import pytest
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC
from app.kernel.lists.requests import read_list_request
from tests.support.make import make_customer, make_platform_customer, shelve

COLLECTIONS = ["/customers", "/staff", "/notifications", "/todos"]


@pytest.fixture
def people(world) -> dict[str, int]:
    """A customer in each state."""
    agent = world.actor("agent")
    made = {
        "mine": make_customer(
            agent, name="甲自有", phone="13912345678", source="referral", level="important"
        ),
        "theirs": make_customer(world.actor("agent3"), name="乙外店"),
        "pending": make_platform_customer(agent, name="丙待处理"),
        "private": make_platform_customer(agent, state="private", name="丁私有"),
        "off": shelve(make_customer(agent, name="戊下架")),
    }
    return {name: customer.id for name, customer in made.items()}


def _names(answer) -> list[str]:
    assert answer.status_code == 200, answer.get_json()
    return [item["name"] for item in answer.get_json()["items"]]


@pytest.mark.parametrize("path", COLLECTIONS)
def test_plat_9_every_collection_has_the_one_shape(api, path):
    page = api("agent").get(path).get_json()
    assert list(page) == ["items", "total", "total_is_exact", "page", "page_size"]
    assert (page["page"], page["page_size"], page["total_is_exact"]) == (1, 20, True)
    assert page["total"] == len(page["items"])


@pytest.mark.parametrize("path", COLLECTIONS)
def test_plat_9_wrong_paging_and_order_are_422(api, path):
    """Which values are wrong is tried without a request: tests/kernel/lists/test_lists.py."""
    answer = api("agent").get(path, page="0", page_size="x", order_by="--id")
    assert answer.status_code == 422, answer.get_json()
    assert set(answer.get_json()["fields"]) == {"page", "page_size", "order_by"}


@pytest.mark.both
def test_plat_9_the_page_size_is_clamped_at_a_hundred(api, world):
    agent = world.actor("agent")
    for _ in range(103):
        make_customer(agent)
    first = api("agent").get("/customers", page_size=5000).get_json()
    second = api("agent").get("/customers", page_size=5000, page=2).get_json()
    assert (first["page_size"], len(first["items"]), first["total"]) == (100, 100, 103)
    assert (second["page"], len(second["items"]), second["total"]) == (2, 3, 103)
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert api("agent").get("/customers", page=3, page_size=100).get_json()["items"] == []


@pytest.mark.both
def test_plat_9_a_total_beyond_the_count_is_a_lower_bound(api, world, monkeypatch):
    agent = world.actor("agent")
    for _ in range(8):
        make_customer(agent)
    monkeypatch.setattr("app.kernel.lists.paging.COUNT_LIMIT", 5)
    monkeypatch.setattr("app.kernel.lists.counts.count_statement.__defaults__", (5,))
    page = api("agent").get("/customers", page_size=2).get_json()
    assert (page["total"], page["total_is_exact"]) == (5, False)


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["戊下架", "丁私有", "丙待处理", "甲自有"]),
        ({"order_by": "created_at"}, ["甲自有", "丙待处理", "丁私有", "戊下架"]),
        ({"order_by": "-created_at"}, ["戊下架", "丁私有", "丙待处理", "甲自有"]),
        ({"pool": "personal"}, ["戊下架", "甲自有"]),
        ({"follow_status": "pending"}, ["丙待处理"]),
        ({"tab": "personal"}, ["戊下架", "甲自有"]),
        ({"tab": "platform"}, ["丁私有", "丙待处理"]),
        ({"tab": "private"}, ["丁私有"]),
        ({"tab": "pending"}, ["丙待处理"]),
        ({"tab": "off_shelf"}, ["戊下架"]),
        ({"tab": "platform", "name": "丁"}, ["丁私有"]),
        ({"name": "甲"}, ["甲自有"]),
        ({"name": "乙"}, []),
        ({"level": "important"}, ["甲自有"]),
        ({"grade": "D", "deal_status": "potential", "stage": "lead", "name": "丙"}, ["丙待处理"]),
        ({"phone": "13912345678"}, ["甲自有"]),
        ({"phone": "+86 139-1234-5678"}, ["甲自有"]),
        ({"phone": "13912345679"}, []),
        ({"phone": "5678"}, ["甲自有"]),
    ],
    ids=str,
)
def test_cust_13_filters_tabs_and_order(api, people, query, names):
    assert _names(api("agent").get("/customers", **query)) == names


@pytest.mark.both
def test_cust_13_filters_by_people_departments_and_code(api, world, people):
    agent, east, west = world.actor("agent"), world.department("store_east"), world.department("store_west")
    manager, regional = api("manager"), api("regional")
    assert _names(manager.get("/customers", owner_id=agent.id)) == ["戊下架", "甲自有"]
    assert set(_names(regional.get("/customers", department_id=east.id))) == {
        "甲自有",
        "丙待处理",
        "丁私有",
        "戊下架",
    }
    assert _names(regional.get("/customers", department_id=west.id)) == ["乙外店"]
    code = api("agent").get(f"/customers/{people['mine']}").get_json()["code"]
    assert _names(api("agent").get("/customers", code=code)) == ["甲自有"]


WRONG = [
    ("pool", "nothing"), ("follow_status", "x"), ("grade", "E"), ("stage", "x"), ("level", "x"),
    ("deal_status", "x"), ("industry", "x"), ("owner_id", "abc"), ("owner_id", "0"), ("owner_id", "9" * 30),
    ("department_id", "-1"), ("phone", "123"), ("phone", "abc"), ("name", "长" * 201),
    ("created_from", "yesterday"), ("created_to", "2026-02-30"), ("last_follow_up_from", "0001-01-01"),
]  # fmt: skip


def test_plat_9_wrong_filter_values_are_named(world):
    """Read as a request's, without one."""
    found = [(name, [*read_list_request(SPEC, MultiDict({name: value})).errors]) for name, value in WRONG]
    assert found == [(name, [re.sub("_(from|to)$", "", name)]) for name, _value in WRONG]


def test_plat_9_all_that_is_wrong_is_said_at_once(api):
    answer = api("agent").get("/customers", page="x", order_by="x", pool="x", phone="x")
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == {"page", "order_by", "pool", "phone"}
    no_tab = api("agent").get("/customers", tab="nothing")
    assert (no_tab.status_code, [*no_tab.get_json()["fields"]]) == (422, ["tab"])


STRANGE = ["%", "_", "\\", "'", '"', "%00", "\u202e", "a\u0000b", "\U0001f600", "'; DROP TABLE customer; --"]


@pytest.mark.both
@pytest.mark.parametrize("name", STRANGE, ids=ascii)
def test_plat_9_strange_text_is_only_text(api, people, name):
    answer = api("agent").get("/customers", name=name)
    assert answer.status_code in {200, 422}
    if answer.status_code == 200 and name.isprintable():
        assert answer.get_json()["items"] == []


@pytest.mark.both
def test_cust_13_never_followed_sorts_as_oldest(api, people):
    note = {"content": "谈过", "method": "phone"}
    assert api("agent").post(f"/customers/{people['pending']}/follow-ups", note).status_code == 201
    newest = _names(api("agent").get("/customers", order_by="-last_follow_up_at"))
    oldest = _names(api("agent").get("/customers", order_by="last_follow_up_at"))
    assert newest[0] == oldest[-1] == "丙待处理"
