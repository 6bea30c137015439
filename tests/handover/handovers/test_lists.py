"""HAND-7: the list of handovers, on the page and in the API; the tab of a customer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

import pytest

from app.handover.handovers.models import Handover
from app.handover.handovers.queries import items_of
from app.handover.handovers.services import cancel_handover
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.handovers import make_handover
from tests.support.make import make_customer
from tests.support.web.batches import path
from tests.support.web.clients import ApiClient
from tests.support.web.kit import ApiTests, ListViewTests
from tests.support.web.person import Browser

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)


class TestHandovers(ListViewTests):
    """HAND-7: people see the handovers from those in their scope, and those to them."""

    view = "HandoverView"
    api = "/handovers"
    column = "customer"
    allowed = ("manager", "agent", "regional", "admin", "auditor")
    outsiders = ("director", "finance", "onsite", "broker", "visitor")
    strangers = ("agent2", "other_agent", "sales")
    filters: ClassVar = {
        "stage=cancelled": ["旧客户"], "stage=review": ["新客户"], "waiting_for_me=yes": ["新客户"],
        "waiting_for_me=no": ["旧客户"], "open=yes": ["新客户"], "customer_id={old}": ["旧客户"],
        "former_owner_id={agent}": ["旧客户", "新客户"], "former_owner_id={receiver}": [],
        "receiver_id={receiver}": ["旧客户", "新客户"], "receiver_id={agent}": [], "reason=resignation": ["旧客户", "新客户"],
        "reason=position_change": [], "created_to=2026-01-31": ["旧客户"], "created_from=2026-02-01": ["新客户"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["旧客户", "新客户"]}
    most = 9

    def prepare(self):
        agent = self.people.actor("agent")
        old, new = (make_customer(agent, name=name) for name in ("旧客户", "新客户"))
        self.known = {"agent": agent.id, "receiver": self.people.actor("agent3").id, "old": old.id}
        with clock.frozen(LONG_AGO):
            first = make_handover(self.people, customer=old)
            cancel_handover(first.id, reason="x", actor=self.people.actor("manager"))
        make_handover(self.people, customer=new, stage="review")
        db.session.commit()

    def add(self, number):
        make_handover(self.people, stage="review")

    def api_value(self, item):
        return item["customer"]["name"]


class TestHandoversOfACustomer(ApiTests):
    """CUST-15: a part of the customer."""

    path = "/customers/<int:pk>/handovers"
    column = "reason_back"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent2", "other_agent")
    most = 10
    orders: ClassVar = {"created_at": ["第1次", "第2次"]}

    def prepare(self):
        self.customer = make_customer(self.people.actor("agent"))
        self.pk = self.customer.id
        self.add(1)
        self.add(2)

    def add(self, number):
        made = make_handover(self.people, customer=self.customer)
        cancel_handover(made.id, reason=f"第{number}次", actor=self.people.actor("manager"))
        db.session.commit()


@pytest.mark.parametrize(
    ("stage", "waiting"), [("preparation", "agent"), ("review", "manager"), ("confirmation", "agent3")]
)
def test_hand_7_one_person_is_waited_for_and_counted(app, world, stage, waiting):
    handover = make_handover(world, stage=stage)
    db.session.commit()
    for name in ("agent", "manager", "regional", "agent3", "admin"):
        client = ApiClient(app, name)
        found = client.get("/handovers", waiting_for_me="yes").get_json()["items"]
        assert [one["id"] for one in found] == ([handover.id] if name == waiting else []), name
        assert client.get("/me").get_json()["badges"]["handovers"] == (name == waiting), name


def test_hand_2_the_page_shows_checklist_and_who_acts_next(app, world):
    handover = make_handover(world)
    item = items_of(handover)[0]
    db.session.commit()
    agent = Browser(app, "agent")
    page = agent.get(f"/handovers/{handover.id}").get_data(as_text=True)
    assert "陈晓雯" in page
    assert "林书瑶" in page
    tab = agent.get(f"/handovers/{handover.id}/tab/checklist").get_data(as_text=True)
    assert handover.customer.name in tab
    address = f"/handovers/{handover.id}/items/{item.id}"
    assert address in tab
    assert agent.post(address, {"done": "y", "note": "已当面说明"}).status_code in {200, 303}
    db.session.refresh(item)
    assert (item.done, item.note) == (True, "已当面说明")
    assert Browser(app, "agent2").get(f"/handovers/{handover.id}").status_code == 404
    assert address not in Browser(app, "manager").get(f"/handovers/{handover.id}/tab/checklist").text
    assert Browser(app, "manager").get(address).status_code == 403


def test_hand_1_chosen_customers_are_started_from_their_list(app, world):
    agent = world.actor("agent")
    customers = [make_customer(agent) for _ in range(2)]
    form = {"to_owner_id": str(world.actor("agent3").id), "reason": "resignation"}
    answer = Browser(app, "agent").post(path("start-handover", *customers), form)
    assert answer.status_code in {200, 303}
    with unscoped("the test looks"):
        rows = db.session.execute(db.select(Handover.customer_id, Handover.batch_id)).all()
    assert {row.customer_id for row in rows} == {one.id for one in customers}
    assert len({row.batch_id for row in rows}) == 1


def test_cust_15_the_customer_shows_its_handovers(app, world):
    handover = make_handover(world, stage="review")
    db.session.commit()
    found = ApiClient(app, "agent3").get(f"/customers/{handover.customer_id}/handovers").get_json()
    assert [one["stage"] for one in found["items"]] == ["review"]
    tab = Browser(app, "agent3").get(f"/customers/{handover.customer_id}/tab/handovers")
    assert "林书瑶" in tab.get_data(as_text=True)
