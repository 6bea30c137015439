"""POOL-17, ACC-6: the push inbox as sender, as receiver, as anybody else."""

from __future__ import annotations

import pytest

from app.customers.shared.pushes import Push
from app.kernel.database.session import db
from tests.support.make import make_customer, make_push
from tests.support.web.person import Browser

OPERATIONS = ("accept", "reject", "withdraw")


@pytest.fixture
def push(world):
    made = make_customer(world.actor("agent"), name="推来的客户")
    return make_push(made, sender=world.actor("agent"), receiver=world.actor("agent3"))


def _shown(page) -> list[str]:
    return [row.one("td", data_key="customer").text for row in page.one("tbody").all("tr")]


def _buttons(page) -> list[str]:
    return [link.text for link in page.one("tbody").all("a", class_="op")]


@pytest.mark.parametrize(
    ("username", "waiting", "received", "sent", "buttons"),
    [
        ("agent3", "1", "1", "0", ["接受", "拒绝"]),
        ("agent", "0", "0", "1", ["撤回"]),
        ("agent2", "0", "0", "0", []),
        ("manager", "0", "0", "0", []),  # a superior of the sender is no end of the push
        ("other_agent", "0", "0", "0", []),
    ],
)
def test_pool_17_each_end_finds_it_in_its_tab(app, push, username, waiting, received, sent, buttons):
    browser = Browser(app, username)
    counts = browser.get("/pushes/counts").get_json()
    assert counts == {"waiting": waiting, "received": received, "sent": sent}
    for tab, number in counts.items():
        page = browser.page(f"/pushes/?tab={tab}")
        assert _shown(page) == ["推来的客户"] * int(number) if number != "0" else not page.all("tbody")
        if number != "0":
            assert _buttons(page) == buttons


@pytest.mark.parametrize("username", ["manager", "admin"])
def test_acc_6_who_opens_the_customer_sees_the_push_and_is_no_end_of_it(app, push, username):
    browser = Browser(app, username)
    headers = {"X-CSRFToken": browser.token}
    assert browser.get(f"/api/v1/pushes/{push.id}").status_code == 200
    for name in OPERATIONS:
        assert browser.get(f"/pushes/{push.id}/{name}").status_code == 403
        assert browser.post(f"/pushes/{push.id}/{name}").status_code == 403
        assert browser.open("POST", f"/api/v1/pushes/{push.id}/{name}", headers=headers).status_code == 403


@pytest.mark.parametrize("username", ["agent2", "other_agent"])
def test_acc_6_to_others_the_push_does_not_exist(app, push, username):
    browser = Browser(app, username)
    headers = {"X-CSRFToken": browser.token}
    for name in OPERATIONS:
        assert browser.get(f"/pushes/{push.id}/{name}").status_code == 404
        assert browser.post(f"/pushes/{push.id}/{name}").status_code == 404
        assert browser.open("POST", f"/api/v1/pushes/{push.id}/{name}", headers=headers).status_code == 404
    assert browser.get(f"/api/v1/pushes/{push.id}").status_code == 404


def test_pool_17_each_end_may_only_do_its_own(app, push):
    refused = {"agent": ("accept", "reject"), "agent3": ("withdraw",)}
    for username, names in refused.items():
        for name in names:
            assert Browser(app, username).post(f"/pushes/{push.id}/{name}").status_code == 403
    assert db.session.get_one(Push, push.id).state == "pending"


def test_pool_17_nobody_answers_without_signing_in_or_without_the_token(app, push):
    for name in OPERATIONS:
        answer = Browser(app).get(f"/pushes/{push.id}/{name}")
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/")
    assert Browser(app, "agent3").open("POST", f"/pushes/{push.id}/accept").status_code == 400
    assert db.session.get_one(Push, push.id).state == "pending"


def test_pool_17_accepted_with_a_remark_it_is_shown_with_the_answer(app, push):
    browser = Browser(app, "agent3")
    assert browser.post(f"/pushes/{push.id}/accept", {"remark": "我来跟进"}).status_code == 303
    page = browser.page("/pushes/?tab=received")
    row = page.one("tbody").one("tr")
    assert (row.one("td", data_key="status").text, row.one("td", data_key="answer").text) == (
        "已接受", "我来跟进"
    )  # fmt: skip
    assert _buttons(page) == []
    assert browser.post(f"/pushes/{push.id}/accept").status_code == 409
    assert browser.page("/pushes/").one("div", class_="empty")


def test_pool_17_the_customer_is_a_link_for_who_can_still_open_it(app, push):
    receiver, sender = Browser(app, "agent3"), Browser(app, "agent")
    assert receiver.page("/pushes/").one("tbody").one("td", data_key="customer").all("a")
    assert receiver.post(f"/pushes/{push.id}/reject").status_code == 303
    cell = receiver.page("/pushes/?tab=received").one("tbody").one("td", data_key="customer")
    assert (cell.text, cell.all("a")) == ("推来的客户", [])
    assert sender.page("/pushes/?tab=sent").one("tbody").one("td", data_key="customer").all("a")


def test_pool_17_the_customers_tab_shows_both_ends(app, push):
    page = Browser(app, "manager").page(f"/customers/{push.customer_id}/tab/pushes")
    assert "陈晓雯 · 城东店" in page.text
    assert "林书瑶 · 城西店" in page.text
    assert "待接收" in page.text
