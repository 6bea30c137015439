"""ACC-6: 401, role 403, record 404, body 422, person 403, state 409 — always in this order."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.web.person import Browser
from tests.support.web.routes import all_routes

BAD = {"nonsense": 1}
NEVER_THERE = 987654
# Where an account begins, or a code for it.
WITHOUT_SIGN_IN = {
    "GET /api/v1/broker-companies/offered",
    "POST /api/v1/brokers/register",
    "POST /api/v1/sms-codes",
    "POST /api/v1/visitors/register",
    "POST /api/v1/wechat/login",
}


@pytest.mark.parametrize(
    "path",
    ["/customers", "/customers/987654/follow-ups", "/customers/987654/reveal-phone", "/customers/987654"],
)
def test_acc_6_401_comes_before_everything(api, path):
    method = "PATCH" if path[-1].isdigit() else "POST"
    assert api().open(method, path, json=BAD).status_code == 401
    assert api().open(method, path, data=b"{broken", content_type="application/json").status_code == 401


@pytest.mark.parametrize("path", ["follow-ups", "reveal-phone", "change-phone", ""])
def test_acc_6_the_role_comes_before_the_record_and_the_body(api, customer, path):
    method = "POST" if path else "PATCH"
    for username in ("finance", "auditor", "broker"):
        for pk in (customer, NEVER_THERE):
            answer = api(username).open(method, f"/customers/{pk}/{path}".rstrip("/"), json=BAD)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.forbidden"), (username, pk)


@pytest.mark.parametrize("path", ["follow-ups", "reveal-phone", "change-phone", ""])
def test_acc_6_the_record_comes_before_the_body(api, customer, path):
    method = "POST" if path else "PATCH"
    for body in (BAD, {}, {"version": 1}):
        for pk in (customer, NEVER_THERE):
            answer = api("agent3").open(method, f"/customers/{pk}/{path}".rstrip("/"), json=body)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.fixture
def read_only(world) -> int:
    """A customer that ``agent3`` may read, and not work on."""
    made = make_customer(world.actor("agent"))
    make_push(made, receiver=world.actor("agent3"), sender=world.actor("agent"))
    return made.id


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("follow-ups", {"content": "看看", "method": "phone"}),
        ("reveal-phone", {"purpose": "看看"}),
        ("change-phone", {"old_phone": "13700000001", "new_phone": "13799990000"}),
        ("", {"version": 1, "name": "改名"}),
    ],
)
def test_acc_6_the_body_comes_before_the_person(api, read_only, path, good):
    address = f"/customers/{read_only}/{path}".rstrip("/")
    method = "POST" if path else "PATCH"
    assert api("agent3").open(method, address, json=BAD).status_code == 422
    assert api("agent3").open(method, address, json={}).status_code == 422
    answer = api("agent3").open(method, address, json=good)
    assert answer.status_code == 403
    assert answer.get_json()["code"].startswith("customer.")


def test_acc_6_the_person_comes_before_the_state(api, read_only):
    """Both are wrong here: nobody may, and the save is an older one."""
    answer = api("agent3").patch(f"/customers/{read_only}", {"version": 99, "name": "改名"})
    assert answer.status_code == 403


def test_acc_6_a_stale_save_is_412_for_one_who_may(api, customer):
    answer = api("agent").patch(f"/customers/{customer}", {"version": 99, "name": "改名"})
    assert (answer.status_code, answer.get_json()["code"]) == (412, "stale")


def test_acc_6_a_duplicate_is_409_once_all_else_is_right(api, world, body):
    make_customer(world.actor("agent"), phone=body["phone"])
    assert api("finance").post("/customers", body).status_code == 403
    assert api("agent").post("/customers", {**body, "nonsense": 1}).status_code == 422
    elsewhere = {**body, "owner_id": world.actor("agent3").id}
    assert api("agent").post("/customers", elsewhere).status_code == 403
    answer = api("agent").post("/customers", body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "customer.duplicate")


def test_acc_6_every_route_of_the_api_asks_who_is_there_first(app):
    nobody = Browser(app)
    answers = {
        str(route): nobody.open(
            route.method, route.path(), data=b"{broken", content_type="application/json"
        ).status_code
        for route in all_routes(app)
        if route.is_api and not route.endpoint.startswith("TokenApi.")
    }
    assert {name for name, status in answers.items() if status != 401} == WITHOUT_SIGN_IN


def test_acc_6_what_may_be_done_is_told_by_the_same_rules(api, world, read_only):
    verdicts = api("agent3").get(f"/customers/{read_only}/allowed").get_json()
    assert {"follow_up", "reveal_phone", "change_phone", "update"} <= set(verdicts)
    for verdict in verdicts.values():
        assert {"allowed", "code", "message"} == set(verdict)
    for name in ("follow_up", "reveal_phone", "change_phone", "update"):
        assert verdicts[name]["allowed"] is False, name
        assert verdicts[name]["code"].startswith("customer."), name
    mine = make_platform_customer(world.actor("agent"), state="following").id
    allowed = api("agent").get(f"/customers/{mine}/allowed").get_json()
    assert all(allowed[name]["allowed"] for name in ("follow_up", "reveal_phone", "change_phone", "update"))
    audited = api("auditor").get(f"/customers/{mine}/allowed").get_json()
    assert not [name for name, verdict in audited.items() if verdict["allowed"]]
