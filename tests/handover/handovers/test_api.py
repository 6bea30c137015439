"""HAND-1, HAND-2, HAND-4, HAND-5, HAND-6, PLAT-9: handovers in the REST API, as ``spec/api.md`` has it."""

from __future__ import annotations

import pytest

from app.deals.tickets.services import create_ticket
from app.handover.handovers.queries import items_of
from app.kernel.database.session import db
from tests.support.handovers import make_handover
from tests.support.make import make_customer
from tests.support.traces import stored
from tests.support.web.clients import ApiClient


@pytest.fixture
def clients(app, world):
    names = ("agent", "agent2", "agent3", "manager", "finance", "auditor")
    return {name: ApiClient(app, name) for name in names}


def test_hand_1_started_and_refused_in_the_order_of_checks(world, clients):
    agent = world.actor("agent")
    mine = [make_customer(agent).id for _ in range(2)]
    db.session.commit()
    sent = {"customer_ids": mine, "to_owner_id": world.actor("agent3").id, "reason": "resignation"}
    assert {clients[name].post("/handovers", sent).status_code for name in ("finance", "auditor")} == {403}
    assert clients["agent3"].post("/handovers", sent).status_code == 404
    wrong = clients["agent"].post("/handovers", {**sent, "reason": "x", "to_owner_id": 0})
    assert (wrong.status_code, set(wrong.get_json()["fields"])) == (422, {"reason", "to_owner_id"})
    assert clients["agent"].post("/handovers", {**sent, "customer_ids": []}).status_code == 422
    made = clients["agent"].post("/handovers", sent)
    answer = made.get_json()
    assert (made.status_code, sorted(answer), len(answer["ids"])) == (201, ["batch_id", "ids"], 2)
    again = clients["agent"].post("/handovers", sent)
    assert (again.status_code, again.get_json()["code"]) == (409, "handover.open")
    allowed = clients["manager"].get(f"/customers/{mine[0]}/allowed").get_json()
    verdicts = {one: allowed[one]["code"] for one in ("transfer", "start_handover")}
    assert verdicts == {"transfer": "customer.held", "start_handover": "handover.open"}


def test_hand_2_to_hand_6_the_whole_way(world, clients):
    agent, manager, receiver = (clients[name] for name in ("agent", "manager", "agent3"))
    handover = make_handover(world)
    own, customer_id = f"/handovers/{handover.id}", handover.customer_id
    items = [item.id for item in items_of(handover)]
    db.session.commit()
    assert clients["agent2"].get(own).status_code == 404
    record = agent.get(own).get_json()
    assert record["stage"] == "preparation"
    assert {*record["items"][0]} >= {"id", "kind", "description", "done"}
    added = agent.post(f"{own}/items", {"description": "钥匙", "kind": "basic_info"})
    assert (added.status_code, added.get_json()["description"]) == (201, "钥匙")
    assert manager.post(f"{own}/items", {"description": "x"}).status_code == 403
    refused = agent.post(f"{own}/complete-preparation", {})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "handover.items_open")
    assert len(refused.get_json()["items"]) == 2
    for item in (*items, added.get_json()["id"]):
        answer = agent.patch(f"{own}/items/{item}", {"done": True}).get_json()
        assert answer["done"] is True
    assert agent.patch(f"{own}/items/999999", {"done": True}).status_code == 404
    assert agent.post(f"{own}/complete-preparation", {}).get_json()["stage"] == "review"
    assert agent.post(f"{own}/approve", {}).status_code == 403
    assert manager.post(f"{own}/send-back", {}).status_code == 422
    assert manager.post(f"{own}/send-back", {"reason": "补充"}).get_json()["stage"] == "preparation"
    assert agent.post(f"{own}/complete-preparation", {}).get_json()["stage"] == "review"
    assert manager.post(f"{own}/approve", {}).get_json()["stage"] == "confirmation"
    assert receiver.post(f"{own}/decline", {"reason": "忙"}).get_json()["stage"] == "review"
    assert manager.post(f"{own}/approve", {}).get_json()["stage"] == "confirmation"
    assert manager.post(f"{own}/confirm", {}).status_code == 403
    done = receiver.post(f"{own}/confirm", {}).get_json()
    assert (done["stage"], done["acting"]) == ("completed", None)
    assert stored(customer_id)["owner_id"] == world.actor("agent3").id
    late = manager.post(f"{own}/cancel", {"reason": "x"})
    assert (late.status_code, late.get_json()["code"]) == (409, "handover.completed")


def test_hand_1_a_batch_goes_on_at_once_with_a_result_per_customer(world, clients):
    agent = world.actor("agent")
    plain, other, busy = (make_customer(agent, name=name) for name in ("甲", "丙", "乙"))
    create_ticket(customer_id=busy.id, title="工单", actor=agent)
    db.session.commit()
    sent = {
        "customer_ids": [plain.id, other.id, busy.id],
        "to_owner_id": world.actor("agent3").id,
        "reason": "resignation",
    }
    batch = f"/handover-batches/{clients['agent'].post('/handovers', sent).get_json()['batch_id']}"
    assert clients["agent2"].post(f"{batch}/approve", {}).status_code == 404
    assert clients["auditor"].post(f"{batch}/approve", {}).status_code == 403
    assert clients["manager"].post(f"{batch}/send-back", {}).status_code == 422

    def results(who, step, body=None):
        answer = clients[who].post(f"{batch}/{step}", body or {})
        assert answer.status_code == 200
        return {one["customer"]["name"]: one["code"] for one in answer.get_json()["items"]}

    assert results("manager", "approve") == {"甲": "", "丙": "", "乙": "handover.preparation"}
    assert results("agent", "complete-preparation")["乙"] == "handover.items_open"
    assert results("agent3", "confirm") == {"甲": "", "丙": "", "乙": "handover.preparation"}
    assert {stored(one.id)["owner_id"] for one in (plain, other)} == {world.actor("agent3").id}
    cancelled = results("manager", "cancel", {"reason": "x"})
    assert cancelled == {"甲": "handover.completed", "丙": "handover.completed", "乙": ""}
