"""The pool in the REST API: POOL-7, POOL-9, POOL-10, POOL-12, POOL-13, POOL-14, POOL-16, POOL-17 as api.md shows them; ACC-6, CUST-15, PLAT-9."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.customers.follow_ups.services import follow_up
from app.kernel.database.session import db
from app.system.settings.services import change_setting
from tests.support.make import make_customer, make_member, make_platform_customer, make_push, shelve
from tests.support.traces import nothing_written, shelf_log

NEVER_THERE = 987654
BAD = {"nonsense": 1}
PUSH = {
    "id", "customer", "state", "sender", "sender_department", "receiver", "receiver_department", "remark", "answer",
    "created_at", "decided_at", "ended_at",
}  # fmt: skip
SHELF = {
    "id", "action", "staff", "department", "company", "handler", "reason", "remark", "next_contact_at", "created_at",
}  # fmt: skip


def named(actor):
    return {"id": actor.id, "name": actor.name}


@pytest.fixture
def good(world):
    """Operation → a body that is right."""
    return {
        "unshelve": {"reason": "no_need"},
        "shelve": {"remark": "再联系", "handler_id": world.actor("agent").id},
        "privatize": {},
        "publicize": {},
        "assign": {"handler_id": world.actor("agent2").id},
        "push": {"receiver_id": world.actor("agent3").id},
    }


OPERATIONS = ["unshelve", "shelve", "privatize", "publicize", "assign", "push"]
STATE = {"shelve": "off_shelf", "privatize": "following", "assign": "pending"}
# A state that forbids it even to the manager, and the code that says so.
FORBIDDEN = {
    "unshelve": ("off_shelf", "pool.already_off_shelf"),
    "shelve": ("following", "pool.not_off_shelf"),
    "privatize": ("pending", "pool.not_following"),
    "publicize": ("following", "pool.not_private"),
    "assign": ("following", "pool.not_pending"),
    "push": ("off_shelf", "pool.off_shelf"),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_acc_6_each_operation_is_checked_in_one_order(api, world, good, name):
    """401, 403 by role, 404, 422, 403 by person, 409, 200 — each with everything after it wrong too."""
    agent = world.actor("agent")
    made = make_platform_customer(agent, state=STATE.get(name, "private"))
    state, code = FORBIDDEN[name]
    unfit = make_platform_customer(agent, state=state)
    make_member(made, world.actor("sales"), "read")
    path = f"/customers/{made.id}/{name}"
    with nothing_written():
        assert api().post(path, BAD).status_code == 401
        for username in ("finance", "auditor", "broker"):
            answer = api(username).post(path, BAD)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.forbidden")
        for client, pk in ((api("agent3"), made.id), (api("agent"), NEVER_THERE)):
            answer = client.post(f"/customers/{pk}/{name}", BAD)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
        answer = api("sales").post(path, BAD)
        assert (answer.status_code, set(answer.get_json()["fields"]) >= {"nonsense"}) == (422, True)
        answer = api("sales").post(path, good[name])
        assert answer.status_code == 403
        assert answer.get_json()["code"].partition(".")[0] in {"pool", "customer"}
        answer = api("manager").post(f"/customers/{unfit.id}/{name}", good[name])
        assert (answer.status_code, answer.get_json()["code"]) == (409, code)
        assert answer.get_json()["message"]
    answer = api("agent").post(path, good[name])
    assert answer.status_code == (201 if name == "push" else 200), answer.get_json()
    if name != "push":
        assert answer.get_json() == api("agent").get(f"/customers/{made.id}").get_json()


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("unshelve", {"reason": None}, "reason"), ("unshelve", {"reason": "because"}, "reason"),
        ("unshelve", {"next_contact_at": "2020-01-01T09:00:00+08:00"}, "next_contact_at"),
        ("unshelve", {"next_contact_at": "soon"}, "next_contact_at"), ("unshelve", {"remark": "长" * 2001}, "remark"),
        ("shelve", {"remark": ""}, "remark"), ("shelve", {"handler_id": None}, "handler_id"),
        ("shelve", {"handler_id": 987654}, "handler_id"), ("shelve", {"follow_status": "pending"}, "follow_status"),
        ("shelve", {"viewing_booked": "yes"}, "viewing_booked"), ("privatize", {"holder_id": 1}, "holder_id"),
        ("publicize", {"reason": "x"}, "reason"), ("assign", {"handler_id": None}, "handler_id"),
        ("assign", {"handler_id": 987654}, "handler_id"), ("assign", {"handler_id": "5"}, "handler_id"),
        ("push", {"receiver_id": None}, "receiver_id"), ("push", {"receiver_id": 987654}, "receiver_id"),
        ("push", {"remark": 7}, "remark"),
    ],
    ids=str,
)  # fmt: skip
def test_acc_6_wrong_input_is_422_under_its_name(api, world, good, name, change, field):
    made = make_platform_customer(world.actor("agent"), state=STATE.get(name, "private"))
    with nothing_written():
        answer = api("agent").post(f"/customers/{made.id}/{name}", good[name] | change)
    assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field}), answer.get_json()


@pytest.mark.both
def test_pool_8_the_way_off_and_onto_the_shelf_is_told(api, world):
    agent, handler = world.actor("agent"), world.actor("agent2")
    pk = make_platform_customer(agent, state="private").id
    client = api("agent")
    off = client.post(
        f"/customers/{pk}/unshelve",
        {"reason": "unreachable", "remark": "不接", "next_contact_at": "2099-01-02T09:30:00+08:00"},
    ).get_json()
    assert (off["follow_status"], off["private_holder"], off["activity"]) == ("off_shelf", None, "inactive")
    assert off["next_contact_at"] == "2099-01-02T09:30:00+08:00"
    on = client.post(
        f"/customers/{pk}/shelve", {"remark": "来电", "handler_id": handler.id, "viewing_booked": True}
    )
    assert (on.get_json()["follow_status"], on.get_json()["handler"]) == ("pending", named(handler))
    listed = client.get(f"/customers/{pk}/shelf-log").get_json()
    assert (listed["total"], [row["action"] for row in listed["items"]]) == (2, ["shelve", "unshelve"])
    shelved, unshelved = listed["items"]
    assert set(shelved) == SHELF
    assert (shelved["staff"], shelved["handler"], shelved["remark"]) == (named(agent), named(handler), "来电")
    assert (unshelved["reason"], unshelved["remark"], unshelved["handler"]) == ("unreachable", "不接", None)
    assert unshelved["department"] == {"id": agent.department_id, "name": agent.department_name}
    assert unshelved["company"]["id"] == agent.company_id
    assert unshelved["next_contact_at"] == "2099-01-02T09:30:00+08:00"
    todo = [one for one in api("agent2").get("/todos").get_json()["items"] if one["customer"]["id"] == pk]
    assert len(todo) == 1
    edits = client.get(f"/customers/{pk}/edits").get_json()["items"]
    assert {change["field"] for item in edits for change in item["changes"]} == {
        "follow_status", "private_holder", "handler",
    }  # fmt: skip


def test_pool_12_to_14_the_record_as_it_now_is(api, world):
    agent, agent2 = world.actor("agent"), world.actor("agent2")
    pk = make_platform_customer(agent, state="pending").id
    assigned = api("manager").post(f"/customers/{pk}/assign", {"handler_id": agent2.id}).get_json()
    assert (assigned["handler"], assigned["follow_status"]) == (named(agent2), "pending")
    api("agent2").post(f"/customers/{pk}/follow-ups", {"content": "已联系", "method": "phone"})
    held = api("agent2").post(f"/customers/{pk}/privatize").get_json()
    assert (held["private_holder"], held["handler"]) == (named(agent2), None)
    refused = api("agent").post(f"/customers/{pk}/privatize")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "pool.already_private")
    assert agent2.name in refused.get_json()["message"] or "holds" in refused.get_json()["message"]
    assert api("manager").post(f"/customers/{pk}/publicize").get_json()["private_holder"] is None


def test_acc_6_what_ends_ones_own_reach_is_answered_all_the_same(api, world):
    """A handler of another store hands on; a holder releases; a colleague shelves with open shelving."""
    west = world.actor("agent3")
    east = world.department("store_east").id
    pending = make_platform_customer(world.actor("agent"), handler_id=west.id, department_id=east)
    handed = api("agent3").post(f"/customers/{pending.id}/assign", {"handler_id": world.actor("agent").id})
    assert (handed.status_code, handed.get_json()["handler"]) == (200, named(world.actor("agent")))
    assert api("agent3").get(f"/customers/{pending.id}").status_code == 404
    change_setting("open_shelving", value=True, actor=world.actor("admin"))
    off_shelf = shelve(make_customer(world.actor("agent")))
    back = api("agent2").post(f"/customers/{off_shelf.id}/shelve", {"remark": "来电"})
    assert (back.status_code, back.get_json()["follow_status"]) == (200, "following")
    assert api("agent2").get(f"/customers/{off_shelf.id}").status_code == 404


def test_acc_6_the_page_then_leads_back_to_the_list(app, world):
    from tests.support.web.person import Browser

    west, east = world.actor("agent3").id, world.department("store_east").id
    made = make_platform_customer(world.actor("agent"), handler_id=west, department_id=east)
    form = {"handler_id": str(world.actor("agent").id)}
    done = Browser(app, "agent3").submit(f"/customers/{made.id}/assign?_drawer=1", form, 200)
    assert done.one("main", class_="done")["data-done-url"].rstrip("/") == "/customers"
    kept = make_platform_customer(world.actor("agent"), state="following")
    done = Browser(app, "agent").submit(f"/customers/{kept.id}/privatize?_drawer=1", {}, 200)
    assert done.one("main", class_="done")["data-done-url"] == f"/customers/{kept.id}"


# ---------------------------------------------------------------- pushes


def test_pool_16_a_push_is_201_and_read_alike_by_both_ends(api, world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    made = make_customer(agent)
    answer = api("agent").post(f"/customers/{made.id}/push", {"receiver_id": agent3.id, "remark": "请接"})
    push = answer.get_json()
    assert (answer.status_code, set(push)) == (201, PUSH)
    assert (push["customer"], push["sender"], push["receiver"]) == (
        {"id": made.id, "name": made.name}, named(agent), named(agent3),
    )  # fmt: skip
    assert (push["state"], push["remark"], push["answer"], push["decided_at"]) == (
        "pending",
        "请接",
        None,
        None,
    )
    assert datetime.fromisoformat(push["created_at"]).utcoffset().total_seconds() == 8 * 3600
    for name in ("agent", "agent3"):
        assert api(name).get(f"/pushes/{push['id']}").get_json() == push
        assert api(name).get("/pushes").get_json()["items"] == [push]
        assert api(name).get(f"/customers/{made.id}/pushes").get_json()["items"] == [push]
    for name, status, total in (("manager", 200, 0), ("agent2", 404, 0), ("auditor", 200, 1)):
        assert api(name).get(f"/pushes/{push['id']}").status_code == status, name
        assert api(name).get("/pushes").get_json()["total"] == total, name
    assert api("finance").get("/pushes").status_code == 403
    assert api("agent3").get("/me").get_json()["badges"]["pushes"] == 1


@pytest.mark.parametrize("name", ["accept", "reject", "withdraw"])
def test_pool_17_answering_is_checked_in_one_order(api, world, name):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    pk = make_push(make_customer(agent), sender=agent, receiver=agent3).id
    mine, other = ("agent", "agent3") if name == "withdraw" else ("agent3", "agent")
    path = f"/pushes/{pk}/{name}"
    with nothing_written():
        assert api().post(path, BAD).status_code == 401
        assert api("auditor").post(path, BAD).status_code == 403
        assert api("agent2").post(path, BAD).status_code == 404
        assert api("manager").post(path).status_code == 403, "opens the customer, and is no end of the push"
        assert api(other).post(path, BAD).status_code == 422
        refused = api(other).post(path)
        assert (refused.status_code, refused.get_json()["code"].partition("_")[0]) == (403, "pool.not")
    done = api(mine).post(path, {"remark": "附言"})
    assert done.status_code == 200, done.get_json()
    state = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}[name]
    assert (done.get_json()["state"], done.get_json()["answer"]) == (state, "附言")
    assert done.get_json()["decided_at"]
    for again in ("accept", "reject"):
        refused = api("agent3").post(f"/pushes/{pk}/{again}")
        assert (refused.status_code, refused.get_json()["code"]) == (409, f"pool.push_{state}")


@pytest.mark.both
def test_pool_17_accepting_opens_the_number(api, world):
    made = make_customer(world.actor("agent"), phone="13811112222")
    push = (
        api("agent").post(f"/customers/{made.id}/push", {"receiver_id": world.actor("agent3").id}).get_json()
    )
    path = f"/customers/{made.id}/reveal-phone"
    assert api("agent3").post(path, {"purpose": "看房"}).status_code == 403
    api("agent3").post(f"/pushes/{push['id']}/accept")
    assert api("agent3").post(path, {"purpose": "看房"}).get_json() == {"phone": "13811112222"}


@pytest.mark.both
def test_plat_9_one_key_one_push(api, world):
    made = make_customer(world.actor("agent"))
    body = {"receiver_id": world.actor("agent3").id}

    def post(key, given):
        return api("agent").post(f"/customers/{made.id}/push", given, headers={"Idempotency-Key": key})

    first, again = post("k-1", body), post("k-1", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert post("k-1", body | {"remark": "x"}).status_code == 422
    assert (post("k-2", body).status_code, post("k-2", body).get_json()["code"]) == (409, "pool.push_open")
    assert api("agent").get("/pushes").get_json()["total"] == 1


def test_pool_17_the_inbox_is_filtered_and_ordered(api, world):
    agent, agent3, manager = (world.actor(name) for name in ("agent", "agent3", "manager"))
    customers = [make_customer(agent) for _ in range(3)]
    pushes = [
        make_push(customers[0], sender=agent, receiver=agent3, state="rejected"),
        make_push(customers[1], sender=agent, receiver=agent3),
        make_push(customers[2], sender=manager, receiver=agent3),
        make_push(customers[2], sender=agent3, receiver=world.actor("sales")),
    ]
    ids = [push.id for push in pushes]
    db.session.commit()

    def found(name="agent3", **query):
        answer = api(name).get("/pushes", **query)
        assert answer.status_code == 200, answer.get_json()
        assert answer.get_json()["total"] == len(answer.get_json()["items"])
        return [item["id"] for item in answer.get_json()["items"]]

    assert found() == ids[::-1]
    assert found(order_by="created_at") == ids
    assert found(state="pending") == [ids[3], ids[2], ids[1]]
    assert found(sender_id=agent.id) == [ids[1], ids[0]]
    assert found(receiver_id=agent3.id) == [ids[2], ids[1], ids[0]]
    assert found(customer_id=customers[2].id) == [ids[3], ids[2]]
    assert found(tab="waiting") == [ids[2], ids[1]]
    assert found(tab="received") == [ids[2], ids[1], ids[0]]
    assert found(tab="sent") == [ids[3]]
    assert found(tab="sent", name="agent") == [ids[1], ids[0]]
    assert found(tab="received", state="rejected") == [ids[0]]
    assert found("sales") == [ids[3]]
    for wrong in (
        {"tab": "x"},
        {"state": "x"},
        {"sender_id": "x"},
        {"order_by": "remark"},
        {"page": "0"},
    ):
        assert api("agent3").get("/pushes", **wrong).status_code == 422, wrong


# ---------------------------------------------------------------- 360, allowed


def test_cust_15_the_view_holds_every_part_and_the_timeline(api, world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    pk = make_customer(agent).id
    client = api("agent")
    client.post(f"/customers/{pk}/follow-ups", {"content": "谈过", "method": "phone"})
    client.post(f"/customers/{pk}/reveal-phone", {"purpose": "看房"})
    client.post(f"/customers/{pk}/push", {"receiver_id": agent3.id})
    client.post(f"/customers/{pk}/unshelve", {"reason": "other", "remark": "暂停"})
    whole = client.get(f"/customers/{pk}/360")
    assert whole.status_code == 200
    view = whole.get_json()
    assert view["customer"] == client.get(f"/customers/{pk}").get_json()
    parts = {
        "follow_ups": "follow-ups",
        "pushes": "pushes",
        "shelf_log": "shelf-log",
        "edits": "edits",
        "operation_log": "operation-log",
        "reveals": "reveals",
    }
    others = {"pool_entries", "contacts", "bank_accounts", "company_paths", "shipping_marks", "merges"}
    deals = {"opportunities", "quotes", "tickets", "contracts", "payments", "credit_changes"}
    assert set(view) == {"customer", "timeline", "referrals", *others, *deals, *parts}
    for key, path in parts.items():
        assert view[key] == client.get(f"/customers/{pk}/{path}").get_json()["items"], key
        assert view[key], key
    assert [event["part"] for event in view["timeline"]] != []
    assert {event["part"] for event in view["timeline"]} == {"follow_ups", "pushes", "shelf_log", "reveals"}
    times = [event["at"] for event in view["timeline"]]
    assert times == sorted(times, reverse=True)
    assert all(event["who"] for event in view["timeline"])
    assert api("agent2").get(f"/customers/{pk}/360").status_code == 404
    assert api("auditor").get(f"/customers/{pk}/360").status_code == 200
    assert api("broker").get(f"/customers/{pk}/360").status_code == 403


def test_cust_15_each_part_is_in_the_viewers_scope(api, world):
    """POOL-18: of a private customer the holder's follow-ups are for the holder and those above."""
    agent = world.actor("agent")
    made = make_platform_customer(agent, state="private")
    follow_up(made.id, content="持有人所写", method="phone", actor=agent)
    for name, number in (("agent", 1), ("manager", 1), ("agent2", 0)):
        view = api(name).get(f"/customers/{made.id}/360").get_json()
        assert len(view["follow_ups"]) == number, name
        assert ("持有人所写" in str(view["timeline"])) == (number == 1)


def test_cust_15_the_view_shows_the_latest_twenty(api, world):
    agent = world.actor("agent")
    pk = make_customer(agent).id
    for number in range(22):
        follow_up(pk, content=f"第{number}次", method="phone", actor=agent)
    view = api("agent").get(f"/customers/{pk}/360").get_json()
    assert [row["content"] for row in view["follow_ups"]] == [f"第{n}次" for n in range(21, 1, -1)]
    assert api("agent").get(f"/customers/{pk}/follow-ups").get_json()["total"] == 22


def test_acc_6_allowed_tells_what_the_operation_then_answers(api, world, good):
    agent = world.actor("agent")
    made = {
        state: make_platform_customer(agent, state=state).id
        for state in ("following", "private", "pending", "off_shelf")
    }
    made["personal"] = make_customer(agent).id
    for name in ("agent2", "manager", "sales"):
        for state, pk in made.items():
            told = api(name).get(f"/customers/{pk}/allowed")
            if told.status_code == 404:
                continue
            for operation in OPERATIONS:
                verdict = told.get_json()[operation]
                if verdict["allowed"]:
                    continue
                body = {"remark": "x"} if (state, operation) == ("personal", "shelve") else good[operation]
                answer = api(name).post(f"/customers/{pk}/{operation}", body)
                assert answer.get_json()["code"] == verdict["code"], (name, state, operation)
                assert verdict["message"] == answer.get_json()["message"]
    assert api("sales").get(f"/customers/{made['personal']}/allowed").status_code == 404
    assert set(OPERATIONS) <= set(api("agent").get(f"/customers/{made['personal']}/allowed").get_json())


def test_pool_7_a_refused_operation_leaves_no_trace(api, world):
    made = make_platform_customer(world.actor("agent"), state="private")
    with nothing_written():
        assert api("agent2").post(f"/customers/{made.id}/unshelve", {"reason": "other"}).status_code == 403
    assert shelf_log(made) == []
