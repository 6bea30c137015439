"""API clients' requests about the organisation and the caller (api.md, ACC-15, PLAT-2, PLAT-3)."""

from __future__ import annotations

import pytest

from app.kernel.settings.dictionaries import find_dictionary
from tests.support.make import make_platform_customer


def test_plat_9_me_returns_the_caller_and_their_permissions(api, world):
    agent = world.actor("agent")
    me = api("agent").get("/me").get_json()
    assert (me["id"], me["username"], me["name"], me["roles"]) == (agent.id, "agent", agent.name, ["Agent"])
    assert me["department"] == {"id": agent.department_id, "name": agent.department_name}
    assert {"Customer.read", "Customer.create", "Customer.reveal_phone"} <= set(me["permissions"])
    assert {"notifications", "todos"} <= set(me["badges"])
    assert "Customer.create" not in api("auditor").get("/me").get_json()["permissions"]
    assert api("broker").get("/me").get_json()["department"] is None


def test_plat_2_badges_count_what_waits(api, world):
    make_platform_customer(world.actor("manager"), handler_id=world.actor("agent").id, viewing_booked=True)
    badges = api("agent").get("/me").get_json()["badges"]
    assert (badges["notifications"], badges["todos"]) == (1, 1)
    todo = api("agent").get("/todos").get_json()["items"][0]
    assert set(todo) >= {"id", "title", "customer", "due_at", "state"}
    done = api("agent").post(f"/todos/{todo['id']}/done")
    assert (done.status_code, done.get_json()["state"]) == (200, "done")
    note = api("agent").get("/notifications").get_json()["items"][0]
    assert set(note) >= {"id", "title", "body", "customer", "read_at", "created_at"}
    assert note["read_at"] is None
    assert api("agent").post("/notifications/read", {"id": note["id"]}).status_code == 200
    assert api("agent").get(f"/notifications/{note['id']}").get_json()["read_at"]
    badges = api("agent").get("/me").get_json()["badges"]
    assert (badges["notifications"], badges["todos"]) == (0, 0)


def test_plat_2_notices_are_filtered_by_customer(api, world):
    for _ in range(2):
        make_platform_customer(
            world.actor("manager"), handler_id=world.actor("agent").id, viewing_booked=True
        )
    for path in ("/notifications", "/todos"):
        first = api("agent").get(path).get_json()["items"][0]["customer"]["id"]
        found = api("agent").get(path, customer_id=first).get_json()
        assert [item["customer"]["id"] for item in found["items"]] == [first]
        assert api("agent").get(path, customer_id="x").status_code == 422


def test_acc_15_staff_are_all_active_colleagues_of_the_company_whatever_the_scope(api, world):
    staff = api("agent").get("/staff", page_size=100).get_json()["items"]
    names = {item["name"] for item in staff}
    assert {world.actor(name).name for name in ("agent", "agent3", "finance", "sales", "director")} <= names
    assert world.actor("other_agent").name not in names
    for item in staff:
        assert {"id", "name", "department"} <= set(item)
        assert set(item["department"]) == {"id", "name"}
    found = api("agent").get("/staff", name=world.actor("agent3").name).get_json()["items"]
    assert [item["id"] for item in found] == [world.actor("agent3").id]
    assert api("agent").get(f"/staff/{found[0]['id']}").get_json() == found[0]
    assert api("agent").get(f"/staff/{world.actor('other_agent').id}").status_code == 404
    assert api("agent").get("/staff", department_id="abc").status_code == 422


def test_plat_9_departments_and_districts_are_complete_and_unpaged(api, world):
    departments = api("agent").get("/departments").get_json()
    assert set(departments) == {"items"}
    names = {item["name"] for item in departments["items"]}
    assert world.department("store_west").name in names
    assert world.department("other_store").name not in names
    districts = api("agent").get("/districts").get_json()
    assert set(districts) == {"items"}
    assert {item["name"] for item in districts["items"]} >= {"锦江区", "成华区", "青羊区"}
    for item in [*departments["items"], *districts["items"]]:
        assert {"id", "name"} <= set(item)


@pytest.mark.parametrize("accepted", ["zh", "en"])
def test_plat_9_a_dictionary_is_complete_in_the_callers_language(api, accepted):
    answer = api("agent").open("GET", "/dictionaries/follow_statuses", headers={"Accept-Language": accepted})
    items = answer.get_json()["items"]
    assert [item["code"] for item in items] == ["pending", "following", "off_shelf"]
    assert items[0]["name"] == {"zh": "待处理", "en": "Pending"}[accepted]


def test_plat_9_an_unknown_dictionary_does_not_exist(api):
    assert api("agent").get("/dictionaries/nothing").status_code == 404
    assert find_dictionary("nothing") is None
