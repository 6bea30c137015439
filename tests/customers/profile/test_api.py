"""Customers in the REST API: records, creating, editing, operations (api.md, CUST-20, POOL-1, POOL-2, POOL-4, POOL-5, POOL-6)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.support.make import make_customer

RECORD = {
    "id", "code", "name", "kind", "pool", "follow_status", "phone", "owner", "handler", "private_holder",
    "department", "grade", "deal_status", "stage", "level", "activity", "tags", "categories", "version",
    "last_follow_up_at", "created_at", "demand", "annual_revenue", "cooperation_years",
}  # fmt: skip


@pytest.mark.both
def test_plat_9_a_creation_answers_201_with_the_whole_record(api, world, body):
    answer = api("agent").post("/customers", body)
    assert answer.status_code == 201, answer.get_json()
    made = answer.get_json()
    assert set(made) >= RECORD
    assert re.fullmatch(r"CUS\d{8}\d{4,}", made["code"])
    agent = world.actor("agent")
    assert made["owner"] == {"id": agent.id, "name": agent.name}
    assert made["department"] == {"id": agent.department_id, "name": agent.department_name}
    expected = {
        "name": "周先生", "phone": "138****1234", "pool": "personal", "kind": "individual", "grade": "D",
        "follow_status": "following", "handler": None, "private_holder": None, "deal_status": "potential",
        "stage": "lead", "level": "important", "version": 1, "demand": body["demand"], "tags": [],
        "categories": [], "annual_revenue": 1200000, "cooperation_years": 2.5, "activity": "active",
    }  # fmt: skip
    assert {name: made[name] for name in expected} == expected
    assert datetime.fromisoformat(made["created_at"]).utcoffset().total_seconds() == 8 * 3600
    assert api("agent").get(f"/customers/{made['id']}").get_json() == made
    assert api("agent").get("/customers").get_json()["items"] == [made]


def test_acc_9_the_full_number_is_in_no_answer_but_the_reveals(api, body):
    agent = api("agent")
    made = agent.post("/customers", body)
    pk = made.get_json()["id"]
    agent.post(f"/customers/{pk}/follow-ups", {"content": "谈过", "method": "phone"})
    revealed = agent.post(f"/customers/{pk}/reveal-phone", {"purpose": "预约看房"})
    assert (revealed.status_code, revealed.get_json()) == (200, {"phone": "13800001234"})
    paths = ["", "/follow-ups", "/reveals", "/operation-log", "/edits", "/allowed"]
    answers = [made, agent.get("/customers"), *(agent.get(f"/customers/{pk}{path}") for path in paths)]
    for answer in answers:
        assert answer.status_code in {200, 201}
        assert "13800001234" not in answer.get_data(as_text=True)
    (look,) = agent.get(f"/customers/{pk}/reveals").get_json()["items"]
    assert look["purpose"] == "预约看房"
    assert look["staff"]["name"] == "陈晓雯"


WRONG_FIELDS = [
    ({"name": ""}, "name"), ({"name": None}, "name"), ({"name": 7}, "name"),
    ({"name": "长" * 121}, "name"),
    ({"name": " \t\u200b"}, "name"), ({"pool": "public"}, "pool"), ({"kind": 1}, "kind"),
    ({"phone": None}, "phone"), ({"phone": 13800001234}, "phone"), ({"phone": "123"}, "phone"),
    ({"owner_id": "5"}, "owner_id"), ({"owner_id": True}, "owner_id"), ({"owner_id": 2**70}, "owner_id"),
    ({"owner_id": 987654}, "owner_id"), ({"demand": []}, "demand"), ({"demand": "buy"}, "demand"),
    ({"demand": {"price": 1}}, "demand.price"), ({"demand": {"kind": "steal"}}, "demand.kind"),
    ({"demand": {"price_min": 2, "price_max": 1}}, "demand.price_max"),
    ({"demand": {"price_min": -1}}, "demand.price_min"),
    ({"demand": {"rooms_min": 1.5}}, "demand.rooms_min"),
    ({"demand": {"district_ids": ["1"]}}, "demand.district_ids"),
    ({"demand": {"district_ids": [987654]}}, "demand.district_ids"),
    ({"demand": {"district_ids": 1}}, "demand.district_ids"),
    ({"viewing_booked": "yes"}, "viewing_booked"),
    ({"annual_revenue": "viel"}, "annual_revenue"), ({"annual_revenue": 0.001}, "annual_revenue"),
    ({"annual_revenue": 1e300}, "annual_revenue"), ({"grade": "A"}, "grade"), ({"id": 1}, "id"),
    ({"follow_status": "off_shelf"}, "follow_status"), ({"tax_id": "91510100MA6XXXXX0X"}, "tax_id"),
    ({"pool": "platform"}, "handler_id"), ({"nonsense": 1, "more": {}}, "nonsense more"),
]  # fmt: skip


def test_plat_9_a_wrong_field_is_422_under_its_name_and_nothing_is_made(api, body):
    agent, wrong = api("agent"), []
    for change, fields in WRONG_FIELDS:
        answer = agent.post("/customers", {**body, **change})
        refused = answer.get_json()
        named = refused.get("fields", {})
        if (answer.status_code, refused.get("code"), {*named}) != (422, "invalid", {*fields.split()}):
            wrong.append((change, answer.status_code, refused))
        assert all(named.values())
    assert wrong == []
    assert agent.get("/customers").get_json()["total"] == 0


def test_plat_9_a_body_of_ten_megabytes_is_413(api, body):
    answer = api("agent").post("/customers", {**body, "remark": "x" * (10 * 1024 * 1024)})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_cust_8_a_duplicate_says_which_rule_and_which_customer(api, world, body):
    known = make_customer(world.actor("agent"), phone=body["phone"]).id
    refused = api("agent").post("/customers", body).get_json()
    assert (refused["code"], refused["rule"], refused["customer_id"]) == (
        "customer.duplicate",
        "own_personal",
        known,
    )
    assert refused["message"] == "您已有使用此号码的个人客户"


@pytest.mark.both
def test_cust_20_patch_changes_what_is_given_and_counts_the_save(api, body):
    agent = api("agent")
    made = agent.post("/customers", body).get_json()
    address = f"/customers/{made['id']}"
    answer = agent.patch(address, {"version": 1, "remark": "新的", "demand": {"price_max": 1300000}})
    assert answer.status_code == 200, answer.get_json()
    demand = {**made["demand"], "price_max": 1300000}
    assert answer.get_json() == {**made, "version": 2, "remark": "新的", "demand": demand}
    cleared = agent.patch(address, {"version": 2, "remark": None, "source": None}).get_json()
    assert (cleared["version"], cleared["remark"], cleared["source"]) == (3, None, None)
    changes = [c for item in agent.get(f"{address}/edits").get_json()["items"] for c in item["changes"]]
    assert {"field": "remark", "label": "备注", "before": "新的", "after": ""} in changes


def test_cust_20_patch_that_changes_nothing_counts_nothing(api, body):
    agent = api("agent")
    made = agent.post("/customers", body).get_json()
    answer = agent.patch(f"/customers/{made['id']}", {"version": 1, "name": made["name"]})
    assert answer.get_json() == made
    assert agent.get(f"/customers/{made['id']}/edits").get_json()["items"] == []


WRONG_CHANGES = [
    ({"name": "改名"}, "version"), ({"version": None}, "version"), ({"version": "x"}, "version"),
    ({"version": 1.0}, "version"), ({"version": True}, "version"),
    ({"version": 1, "phone": "13800000000"}, "phone"), ({"version": 1, "code": "X"}, "code"),
    ({"version": 1, "owner_id": 1}, "owner_id"), ({"version": 1, "grade": "A"}, "grade"),
    ({"version": 1, "name": ""}, "name"), ({"version": 1, "name": None}, "name"),
    ({"version": 1, "deal_status": "sold"}, "deal_status"),
    ({"version": 1, "deal_status": None}, "deal_status"),
    ({"version": 1, "demand": {"price_min": 9999999}}, "demand.price_max"),
]  # fmt: skip


def test_cust_20_a_wrong_patch_is_422_and_changes_nothing(api, body):
    agent, wrong = api("agent"), []
    made = agent.post("/customers", body).get_json()
    for change, field in WRONG_CHANGES:
        answer = agent.patch(f"/customers/{made['id']}", change)
        if (answer.status_code, [*answer.get_json().get("fields", {})]) != (422, [field]):
            wrong.append((change, answer.status_code, answer.get_json()))
    assert wrong == []
    assert agent.get(f"/customers/{made['id']}").get_json() == made


@pytest.mark.parametrize("demand", [None, {}])
def test_cust_20_an_empty_demand_in_a_patch_leaves_it_or_clears_it_but_does_not_break(api, body, demand):
    agent = api("agent")
    made = agent.post("/customers", body).get_json()
    answer = agent.patch(f"/customers/{made['id']}", {"version": 1, "demand": demand})
    assert answer.status_code in {200, 422}
    if demand == {}:
        assert answer.get_json()["demand"] == made["demand"]


def test_cust_20_a_stale_patch_tells_both_versions_and_changes_nothing(api, body):
    agent, manager = api("agent"), api("manager")
    pk = agent.post("/customers", body).get_json()["id"]
    saved = manager.patch(f"/customers/{pk}", {"version": 1, "remark": "对方的"}).get_json()
    answer = agent.patch(f"/customers/{pk}", {"version": 1, "remark": "我的"})
    assert answer.status_code == 412
    refused = answer.get_json()
    assert (refused["code"], refused["version"]) == ("stale", 2)
    assert refused["differences"] == {"备注": {"theirs": "对方的", "yours": "我的"}}
    assert agent.get(f"/customers/{pk}").get_json() == saved


@pytest.mark.both
def test_pool_18_a_follow_up_answers_201_and_is_listed_newest_first(api, customer):
    agent = api("agent")
    sent = {"content": "谈过", "method": "visit", "next_contact_at": "2099-01-02T09:30:00+08:00"}
    first = agent.post(f"/customers/{customer}/follow-ups", sent)
    second = agent.post(f"/customers/{customer}/follow-ups", {"content": "再谈", "method": "phone"})
    assert (first.status_code, second.status_code) == (201, 201)
    made = first.get_json()
    assert {name: made[name] for name in sent} == sent
    listed = agent.get(f"/customers/{customer}/follow-ups").get_json()["items"]
    assert [item["id"] for item in listed] == [second.get_json()["id"], made["id"]]
    record = agent.get(f"/customers/{customer}").get_json()
    assert record["last_follow_up_at"] == second.get_json()["created_at"]


def test_pool_6_the_number_changes_for_one_who_knows_it(api, customer):
    agent = api("agent")
    address = f"/customers/{customer}/change-phone"
    wrong = agent.post(address, {"old_phone": "13711112223", "new_phone": "13722223333"})
    assert wrong.status_code == 422
    assert set(wrong.get_json()["fields"]) == {"old_phone"}
    right = agent.post(address, {"old_phone": "137 1111 2222", "new_phone": "13722223333"})
    assert (right.status_code, right.get_json()["phone"], right.get_json()["version"]) == (
        200,
        "137****3333",
        2,
    )


def test_acc_10_a_purpose_is_text_of_1_to_200_characters(api, customer):
    agent = api("agent")
    for purpose in (None, "", "  ", 7, "长" * 201):
        answer = agent.post(f"/customers/{customer}/reveal-phone", {"purpose": purpose})
        assert answer.status_code == 422, purpose
        assert set(answer.get_json()["fields"]) == {"purpose"}
    assert agent.get(f"/customers/{customer}/reveals").get_json()["total"] == 0
    assert agent.post(f"/customers/{customer}/reveal-phone", {"purpose": "长" * 200}).status_code == 200


def test_plat_1_the_log_of_a_record_is_told_in_the_callers_language(api, customer):
    agent = api("agent")
    agent.post(f"/customers/{customer}/reveal-phone", {"purpose": "1"})
    chinese = agent.get(f"/customers/{customer}/operation-log").get_json()["items"]
    english = agent.open("GET", f"/customers/{customer}/operation-log", headers={"Accept-Language": "en"})
    assert [item["number"] for item in chinese] == [2, 1]
    for mine, theirs in zip(chinese, english.get_json()["items"], strict=True):
        assert mine["operation"] == theirs["operation"]
        assert re.search(r"[\u4e00-\u9fff]", mine["sentence"])
        assert re.fullmatch(r"[ -~]+", theirs["sentence"])
    assert {"created_at", "actor", "source", "changes"} <= set(chinese[0])
