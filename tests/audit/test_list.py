"""PLAT-1: the operation log as a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from app.kernel import clock
from tests.support.make import make_customer
from tests.support.web.kit import ListViewTests


class TestOperationLog(ListViewTests):
    """PLAT-1, PLAT-9: the administrator and the auditor find operations."""

    view = "OperationLogView"
    column = "record"
    allowed = ("admin", "auditor")
    outsiders = ("agent", "manager", "director", "broker")
    filters: ClassVar = {
        "actor_name=陈晓雯": ["{first}"], "actor_name=林书瑶": ["{second}"], "record_type=customer": ["{first}", "{second}"],
        "at_to=2026-01-31": ["{first}"], "at_from=2026-02-01&record_type=customer": ["{second}"],
        "request_id={request}": ["{second}"], "operation=customer.create": ["{first}", "{second}"],
        "operation=x": [], "sentence=CUS&record_type=customer": ["{first}", "{second}"], "sentence=zzz": [],
    }  # fmt: skip
    ordered = "record_type=customer"
    orders: ClassVar = {"at": ["{first}", "{second}"]}

    def prepare(self):
        with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
            first = make_customer(self.people.actor("agent")).id
        body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": "13912340001"}
        answer = self.client("agent3").post("/customers", body)
        self.known = {
            "first": f"客户 #{first}", "second": f"客户 #{answer.get_json()['id']}",
            "request": answer.headers["X-Request-Id"],
        }  # fmt: skip

    def add(self, number):
        make_customer(self.people.actor("agent"))
