"""PLAT-1: the operation log as a list."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import ClassVar

from openpyxl import load_workbook

from app.kernel import clock
from app.org.staff import services as staffing
from tests.support.make import make_customer
from tests.support.people.organisation import last_operation
from tests.support.web.kit import ListViewTests
from tests.support.web.person import Browser


class TestOperationLog(ListViewTests):
    """PLAT-1, PLAT-9: the administrator and the auditor find operations."""

    view = "OperationLogView"
    column = "record"
    allowed = ("admin", "auditor")
    most = 12  # one for each kind of record, which is named
    outsiders = ("agent", "manager", "director", "broker")
    filters: ClassVar = {
        "actor_name=陈晓雯": ["{first}"], "actor_name=林书瑶": ["{second}"], "record_type=customer": ["{first}", "{second}"],
        "at_to=2026-01-31": ["{first}"], "at_from=2026-02-01&record_type=customer": ["{second}"],
        "request_id={request}": ["{second}"], "operation=customer.create": ["{first}", "{second}"],
        "operation=x": [], "sentence=CUS&record_type=customer": ["{first}", "{second}"], "sentence=zzz": [],
    }  # fmt: skip
    ordered = "record_type=customer"
    orders: ClassVar = {"at": ["{first}", "{second}"]}

    test_an_export_has_the_rows_of_the_page = None  # its cells name a record by its number: tested below

    def prepare(self):
        with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
            first = make_customer(self.people.actor("agent")).name
        body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": "13912340001"}
        answer = self.client("agent3").post("/customers", body)
        self.known = {
            "first": f"客户 {first}", "second": "客户 王小明",
            "request": answer.headers["X-Request-Id"],
        }  # fmt: skip

    def add(self, number):
        make_customer(self.people.actor("agent"))


def test_off_12_a_record_is_named_and_linked_only_to_who_may_open_it(app, world):
    customer = make_customer(world.actor("agent"))
    link = (
        Browser(app, "admin")
        .page("/operation-log/?record_type=customer")
        .one("a", href=f"/customers/{customer.id}")
    )
    assert link.text == f"客户 {customer.name}"
    staffing.rename_staff(world.actor("agent").id, name="陈小雯", actor=world.actor("admin"))
    page = Browser(app, "auditor").page("/operation-log/?operation=staff.rename")
    assert [item.text for item in page.one("details").all("li")] == ["姓名：陈晓雯 → 陈小雯"]
    assert "员工 #" in page.text, "an auditor opens no page of staff"


def test_off_12_filters_of_an_export_are_read_in_words(app, world):
    make_customer(world.actor("agent"))
    admin = Browser(app, "admin", locale="en")
    assert admin.post("/customers/export?tab=personal&pool=personal&order_by=-created_at").status_code == 200
    page = admin.page("/operation-log/?operation=customer.export")
    assert "order_by" not in page.text
    assert "Pool: Personal" in page.text
    assert "newest or largest first by Created" in page.text


def test_off_12_the_log_is_exported_as_filtered_and_that_is_logged(app, world):
    make_customer(world.actor("agent"))
    answer = Browser(app, "auditor").post("/operation-log/export?record_type=customer")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert len(rows) == 2, "a heading and one operation"
    assert "<" not in str(rows[1])
    assert last_operation("export", world.actor("auditor").id)[0] == "operation_log.export"
    assert Browser(app, "agent").post("/operation-log/export").status_code == 403
