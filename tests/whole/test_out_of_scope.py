"""ACC-6, ACC-14: a record that a person cannot open is not found, on every page and in every call of the API
alike.
"""

from __future__ import annotations

import re

import pytest

from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.web.person import Browser
from tests.support.web.routes import Route, all_routes

NEVER_THERE = 987654
OF_FINANCE = "/set-credit"


def _routes_of_a_customer(app) -> list[Route]:
    """Return the routes of a customer, without those that sales may not use at all."""
    found = [
        r
        for r in all_routes(app)
        if r.rule.removeprefix("/api/v1").startswith("/customers/<int:pk>")
        and r.rule.count("<int:") == 1
        and not r.rule.endswith(OF_FINANCE)
    ]
    assert len(found) >= 16
    return found


def _answers(app, username: str, pk: int) -> dict[str, tuple[int, str]]:
    """Return route → status and body, without the parts that differ from one request to the next."""
    answers = {}
    for route in _routes_of_a_customer(app):
        browser = Browser(app, username)
        headers = {"X-CSRFToken": browser.token} if route.changes else {}
        sent = {"json": {"purpose": "看看"}} if route.is_api and route.changes else {}
        response = browser.open(route.method, route.path({"customers": pk}), headers=headers, **sent)
        answers[str(route)] = (response.status_code, _steady(response, pk))
    return answers


def _steady(response, pk: int) -> str:
    """Return the body without the record's address, the request's number, the nonce and the token of forms."""
    nonce = response.headers["Content-Security-Policy"].partition("nonce-")[2].partition("'")[0]
    body = response.get_data(as_text=True)
    for changing in (nonce, response.headers["X-Request-Id"], f"/customers/{pk}"):
        body = body.replace(changing, "")
    return re.sub(r'(name="csrf_token" value)="[^"]*"', r"\1", body)


@pytest.mark.parametrize("username", ["agent2", "other_agent"])
def test_acc_6_a_record_out_of_scope_looks_like_a_missing_one(app, world, username):
    pk = make_customer(world.actor("agent"), name="别人的客户").id
    beyond = _answers(app, username, pk)
    assert {status for status, _body in beyond.values()} == {404}
    assert beyond == _answers(app, username, NEVER_THERE)


def test_acc_6_finance_sets_the_credit_of_customers_in_scope_only(app, world):
    pk, finance = make_customer(world.actor("other_agent"), kind="enterprise").id, Browser(app, "finance")
    headers = {"X-CSRFToken": finance.token}
    for prefix in ("", "/api/v1"):
        for one in (pk, NEVER_THERE):
            answer = finance.open("POST", f"{prefix}/customers/{one}{OF_FINANCE}", headers=headers, json={})
            assert answer.status_code == 404


# What an owner may not do: giving a customer of the public pool to somebody (POOL-20).
OF_SUPERIORS = "assign-from-pool"


def test_acc_6_a_record_in_reach_is_there_on_all_of_them(app, world):
    pk = make_customer(world.actor("agent")).id
    answers = _answers(app, "agent", pk)
    lost = {name for name, (status, _body) in answers.items() if status in {401, 403, 404, 500}}
    assert {name for name in lost if not name.endswith(OF_SUPERIORS)} == set()


def test_acc_14_another_company_sees_nothing_whatever_the_districts(app, world):
    near = {"kind": "buy", "district_ids": [world.district("锦江区").id]}
    pk = make_platform_customer(world.actor("agent"), demand=near).id
    assert {status for status, _body in _answers(app, "other_agent", pk).values()} == {404}


def test_acc_14_a_pushed_customer_can_be_read_and_not_changed(app, world):
    made = make_customer(world.actor("agent"), name="推来的客户")
    make_push(made, receiver=world.actor("agent3"), sender=world.actor("agent"))
    answers = {name: status for name, (status, _body) in _answers(app, "agent3", made.id).items()}
    assert answers["GET /customers/<int:pk>"] == 200
    assert answers["GET /api/v1/customers/<int:pk>"] == 200
    changing = {
        name: status for name, status in answers.items() if not name.startswith("GET") or "edit" in name
    }
    assert 404 not in changing.values()
    assert {answers["POST /customers/<int:pk>/edit"], answers["GET /customers/<int:pk>/edit"]} == {403}
    assert answers["POST /api/v1/customers/<int:pk>/reveal-phone"] == 403


@pytest.mark.parametrize("username", ["agent2", "other_agent"])
def test_acc_6_lists_search_and_counts_do_not_reveal_it_either(app, world, username):
    made = make_customer(world.actor("agent"), name="看不见的人", phone="13712349876")
    browser = Browser(app, username)
    for query in ("", "name=看不见", "phone=13712349876", "phone=9876", f"code={made.code}", "tab=personal"):
        assert (
            "看不见的人" not in browser.page(f"/customers/?{query}").one("section", class_="list-card").text
        )
        assert browser.get(f"/api/v1/customers?{query}").get_json()["total"] == 0
    found = browser.post("/customers/search", {"phone": "13712349876"}).location
    assert "看不见的人" not in browser.page(found).one("section", class_="list-card").text
    assert set(browser.get("/customers/counts").get_json().values()) == {"0"}
    assert "看不见的人" not in browser.page("/").text


def test_acc_6_anothers_notices_and_todos_do_not_exist(app, world):
    make_platform_customer(
        world.actor("manager"), handler_id=world.actor("agent").id, viewing_booked=True, name="预约的客户"
    )
    mine = Browser(app, "agent")
    todo = mine.get("/api/v1/todos").get_json()["items"][0]["id"]
    note = mine.get("/api/v1/notifications").get_json()["items"][0]["id"]
    other = Browser(app, "agent2")
    headers = {"X-CSRFToken": other.token}
    assert other.get(f"/api/v1/todos/{todo}").status_code == 404
    assert other.get(f"/api/v1/notifications/{note}").status_code == 404
    assert other.open("POST", f"/api/v1/todos/{todo}/done", headers=headers).status_code == 404
    assert other.post(f"/todos/{todo}/done").status_code == 404
    assert other.post(f"/inbox/{note}/read").status_code == 404
    assert "预约的客户" not in other.page("/todos/").text + other.page("/inbox/").text
    assert mine.post(f"/todos/{todo}/done").status_code == 303
