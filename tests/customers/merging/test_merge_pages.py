"""CUST-9: a merge on its page and in the API; the other's address leads on; the undo."""

from __future__ import annotations

from app.customers.merging.services import merge_customers
from tests.support.make import make_customer
from tests.support.web.person import Browser


def test_cust_9_the_page_compares_merges_and_takes_back(app, world):
    agent = world.actor("agent")
    stays, goes = (
        make_customer(agent, name="左二", remark="甲"),
        make_customer(agent, name="左 二", remark="乙"),
    )
    browser = Browser(app, "agent")
    answer = browser.post(f"/customers/{stays.id}/merge", {"chosen_ids": [str(goes.id)]})
    assert answer.location == f"/customers/{stays.id}/merge?other={goes.id}"
    page = browser.page(answer.location)
    shown = page.text
    assert "甲" in shown
    assert "乙" in shown
    values = {**page.values(), "choices-remark": str(goes.id)}
    done = browser.post(answer.location, values)
    assert done.location == f"/customers/{stays.id}"
    page = browser.page(done.location)
    assert "乙" in page.text
    assert browser.get(f"/customers/{goes.id}").location == f"/customers/{stays.id}"
    tab = browser.page(f"/customers/{stays.id}/tab/merges")
    assert goes.code in tab.text
    undone = browser.post(f"/customers/{stays.id}/unmerge")
    assert undone.location == f"/customers/{goes.id}"
    assert "乙" in browser.page(undone.location).text


def test_cust_9_the_page_refuses_what_the_rule_refuses(app, world):
    mine, theirs = make_customer(world.actor("agent")), make_customer(world.actor("agent2"))
    browser = Browser(app, "agent")
    assert browser.get(f"/customers/{mine.id}/merge?other={theirs.id}").status_code in (403, 422)
    assert browser.get(f"/customers/{mine.id}/merge?other=x").status_code == 200


def test_cust_9_in_the_api(api, world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent, remark="甲"), make_customer(agent, remark="乙", email="a@example.cn")
    me = api("agent")
    body = {"other_id": goes.id, "choices": {"remark": goes.id}, "dry_run": True}
    tried = me.post(f"/customers/{stays.id}/merge", body).json
    assert (tried["dry_run"], tried["remark"], tried["email"]) == (True, "乙", "a@example.cn")
    assert {one["field"] for one in tried["differences"]} >= {"remark", "email", "phone", "name"}
    assert me.get(f"/customers/{goes.id}").json["remark"] == "乙"
    done = me.post(f"/customers/{stays.id}/merge", {**body, "dry_run": False}).json
    assert (done["id"], done["code"], done["remark"], done["dry_run"]) == (stays.id, stays.code, "乙", False)
    moved = me.get(f"/customers/{goes.id}")
    assert (moved.status_code, moved.headers["Location"]) == (307, f"/api/v1/customers/{stays.id}")
    refused = me.post(f"/customers/{goes.id}/follow-ups", {"content": "x", "method": "phone"})
    assert (refused.status_code, refused.json["code"], refused.json["id"]) == (409, "record.moved", stays.id)
    (listed,) = me.get(f"/customers/{stays.id}/merges").json["items"]
    assert listed["code"] == goes.code
    undone = me.post(f"/customers/{goes.id}/unmerge", {}).json
    assert (undone["id"], undone["restored"]["id"], undone["remark"], undone["kept_rows"]) == (
        goes.id,
        goes.id,
        "乙",
        {},
    )
    assert me.post(f"/customers/{goes.id}/unmerge", {}).status_code == 409
    for wrong in ({}, {"other_id": stays.id}, {"other_id": "x"}, {"other_id": goes.id, "choices": {"a": 1}}):
        assert me.post(f"/customers/{stays.id}/merge", wrong).status_code == 422


def test_cust_9_a_merged_file_is_in_no_list(api, world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent)
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    found = api("agent").get("/customers", code=goes.code).json["items"]
    assert [one["id"] for one in found] == [stays.id], "its code leads on"
    listed = api("agent").get("/customers").json["items"]
    assert {one["id"] for one in listed} >= {stays.id}
    assert goes.id not in {one["id"] for one in listed}
