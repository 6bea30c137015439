"""CUST-16, ACC-16, PLAT-9: business records in the REST API, as ``spec/api.md`` has it."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from tests.support.web.clients import ApiClient


@pytest.fixture
def clients(app, deals):
    db.session.commit()
    return {name: ApiClient(app, name) for name in ("agent", "agent3", "finance", "auditor", "manager")}


KINDS = {
    "opportunities": {"title": "采购", "amount": 1200.5},
    "quotes": {"title": "报价", "amount": 1200.5},
    "tickets": {"title": "门锁损坏"},
}


@pytest.mark.parametrize("path", KINDS)
def test_cust_16_created_read_edited_and_refused_in_the_order_of_checks(deals, clients, path):
    agent = clients["agent"]
    sent = {"customer_id": deals.customer.id, **KINDS[path]}
    assert [clients[name].post(f"/{path}", sent).status_code for name in ("finance", "auditor")] == [403, 403]
    assert clients["agent3"].post(f"/{path}", sent).status_code == 404
    assert agent.post(f"/{path}", {**sent, "title": ""}).get_json()["fields"].keys() == {"title"}
    made = agent.post(f"/{path}", sent)
    record = made.get_json()
    assert (made.status_code, record["owner"]["id"], record["version"]) == (201, deals.agent.id, 1)
    assert record["customer"] == {"id": deals.customer.id, "name": "蓉城科技"}
    assert record["status"] in {"open", "draft"}
    if path != "tickets":
        assert (record["amount"], record["currency"]) == (1200.5, "CNY")
        assert agent.post(f"/{path}", {**sent, "currency": "XXX"}).status_code == 422
    own = f"/{path}/{record['id']}"
    assert agent.patch(own, {"title": "乙"}).get_json()["version"] == 2
    assert agent.patch(own, {"title": "丙", "version": 1}).status_code == 412
    assert clients["agent3"].patch(own, {"title": "丙"}).status_code == 404
    assert clients["auditor"].get(own).get_json()["title"] == "乙"
    assert clients["auditor"].patch(own, {"title": "丙"}).status_code == 403
    assert agent.get(f"/customers/{deals.customer.id}/360").get_json()[path][0]["id"] == record["id"]


def test_cust_16_lines_are_added_and_give_the_amount(deals, clients):
    agent = clients["agent"]
    sent = {"customer_id": deals.customer.id, "title": "报价"}
    quote = agent.post("/quotes", sent).get_json()
    path = f"/quotes/{quote['id']}/lines"
    assert (quote["amount"], agent.get(path).get_json()) == (0, {"items": []})
    line = {"item": "年费", "quantity": 3, "price": 3.46, "tax": 6}
    added = agent.post(path, line)
    assert added.status_code == 201
    assert (
        added.get_json().items() >= {"net": 10.38, "tax_amount": 0.62, "total": 11.0, "discount": 0}.items()
    )
    assert agent.get(f"/quotes/{quote['id']}").get_json()["amount"] == 11.0
    for part, value in {"quantity": 0, "price": "1.23456", "discount": 101, "tax": "六", "item": ""}.items():
        answer = agent.post(path, {**line, part: value})
        assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, [part])
    assert agent.post(f"/quotes/{quote['id']}/send").get_json()["status"] == "sent"
    assert agent.post(path, line).get_json()["code"] == "quote.sent"
    wrong = agent.post("/quotes", {**sent, "lines": [line, {"item": "x", "quantity": "1"}]})
    assert wrong.get_json()["fields"]["lines"].startswith("第 2 行")
    for broken in ([1], [{"item": ["x"]}], [{**line, "colour": "red"}]):
        assert agent.post("/quotes", {**sent, "lines": broken}).status_code == 422


def test_cust_16_operations_answer_the_record_and_refusals_their_code(deals, clients):
    agent, made = clients["agent"], deals.opportunity()
    path = f"/opportunities/{made.id}"
    assert agent.post(f"{path}/move", {"stage": "nowhere"}).status_code == 422
    assert agent.post(f"{path}/move", {"stage": "promised"}).get_json()["probability"] == 90
    assert agent.post(f"{path}/lose", {}).get_json()["fields"].keys() == {"reason"}
    assert clients["finance"].post(f"{path}/win").status_code == 403
    assert clients["manager"].post(f"{path}/win").get_json()["status"] == "won"
    answer = agent.post(f"{path}/lose", {"reason": "price"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "opportunity.won")
