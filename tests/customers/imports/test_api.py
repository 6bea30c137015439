"""Imports in the REST API (``spec/api.md``, CUST-26)."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import load_workbook

from app.customers.imports.models import ImportBatch
from app.customers.imports.work import work_on_import
from app.kernel.database.session import db
from tests.support.documents import part
from tests.support.make import make_customer
from tests.support.tables import workbook
from tests.support.web.clients import ApiClient

ROWS = (("甲客户", "13900000001"), ("", "13900000002"), ("丙客户", 13900000003))


@pytest.fixture
def agent(app, world) -> ApiClient:
    return ApiClient(app, "agent")


def send(client: ApiClient, path: str, content: bytes, **fields: str):
    return client.open("POST", path, data={"file": part("客户.xlsx", content), **fields})


def test_cust_26_at_once_a_try_writes_nothing_and_says_one_error_a_row(agent, world):
    answer = send(agent, "/customers/import", workbook(*ROWS), dry_run="true").get_json()
    assert (answer["rows"], answer["created"]) == (3, 2)
    assert [(one["row"], one["field"], one["code"]) for one in answer["errors"]] == [(3, "name", "required")]
    assert send(agent, "/customers/import", workbook(*ROWS)).get_json()["created"] == 0
    assert agent.get("/customers").get_json()["total"] == 0
    assert send(agent, "/customers/import", workbook(ROWS[0], ROWS[2])).get_json()["created"] == 2
    assert agent.get("/customers").get_json()["total"] == 2


def test_cust_26_what_is_no_table_is_422_with_the_way_out(agent):
    answer = send(agent, "/customers/import", b"%PDF-1.7")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "sheet.pdf")
    assert ".xlsx" in answer.get_json()["message"]


def test_cust_26_who_may_not_import_is_refused(app, world):
    for username, status in (("finance", 403), ("consultant", 403)):
        assert send(ApiClient(app, username), "/customers/import", workbook(*ROWS)).status_code == status
    assert app.test_client().post("/api/v1/customers/import").status_code == 401


def test_cust_26_in_the_background_with_undo(agent, world, run_all):
    answer = send(agent, "/imports", workbook(*ROWS), valid_rows_only="true")
    assert answer.status_code == 202
    pk = answer.get_json()["id"]
    assert agent.get(f"/imports/{pk}").get_json()["state"] == "waiting"
    run_all()
    found = agent.get(f"/imports/{pk}").get_json()
    assert {name: found[name] for name in ("state", "rows", "created", "updated", "errors", "progress")} == {
        "state": "done", "rows": 3, "created": 2, "updated": 0, "errors": 1, "progress": 100,
    }  # fmt: skip
    assert agent.post(f"/imports/{pk}/undo").get_json()["state"] == "undone"
    assert agent.get("/customers").get_json()["total"] == 0
    assert agent.post(f"/imports/{pk}/undo").status_code == 409


def test_cust_26_a_run_after_a_crash_finds_all_or_nothing(agent, world, run_all):
    pk = send(agent, "/imports", workbook(ROWS[0])).get_json()["id"]
    run_all()
    batch = db.session.get_one(ImportBatch, pk)

    class Meter:
        def expect(self, total: int) -> None:
            assert total

    work_on_import({"import": batch.id}, world.actor("agent"), Meter())
    assert agent.get("/customers").get_json()["total"] == 1


def test_cust_26_the_error_table_is_mended_and_sent_again(agent, world):
    answer = send(agent, "/imports", workbook(*ROWS), dry_run="true")
    pk = answer.get_json()["id"]
    content = agent.get(f"/imports/{pk}/errors.xlsx").get_data()
    book = load_workbook(io.BytesIO(content))
    page = book.active
    assert [[cell.value for cell in row][:2] for row in page.iter_rows()] == [
        ["客户名称", "手机号"], [None, "13900000002"],
    ]  # fmt: skip
    assert "名称" in page["C2"].value
    page["A2"] = "乙客户"
    mended = io.BytesIO()
    book.save(mended)
    answer = send(agent, "/customers/import", mended.getvalue()).get_json()
    assert (answer["created"], answer["errors"]) == (1, [])


def test_cust_26_mode_match_and_mapping(agent, world):
    made = make_customer(world.actor("agent"), phone="13900000001")
    content = workbook(("新名", "13900000001", "x"), head=("甲", "乙", "丙"))
    mapping = json.dumps({"A": "name", "乙": "phone", "C": "remark"})
    answer = send(
        agent, "/imports", content, mode="update", match_by="phone", mapping=mapping, dry_run="true"
    )
    found = agent.get(f"/imports/{answer.get_json()['id']}").get_json()
    assert (found["updated"], found["errors"], found["state"]) == (1, 0, "open")
    assert agent.get(f"/customers/{made.id}").get_json()["name"] != "新名"
    assert send(agent, "/imports", content, mapping='{"A": "colour"}').status_code == 422
    assert agent.post(f"/imports/{found['id']}/cancel").get_json()["state"] == "cancelled"


def test_cust_26_imports_are_their_owners(agent, app, world):
    pk = send(agent, "/imports", workbook(*ROWS), dry_run="true").get_json()["id"]
    other = ApiClient(app, "agent2")
    for method, path in (("GET", ""), ("GET", "/errors.xlsx"), ("POST", "/undo"), ("POST", "/cancel")):
        assert other.open(method, f"/imports/{pk}{path}").status_code == 404, path


def test_cust_26_the_template_is_read_back_without_a_row(agent):
    content = agent.get("/customers/import/template").get_data()
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert page["A1"].value == "名称*"
    assert page["A1"].comment is not None
    assert len(page.data_validations.dataValidation) >= 6
    page["A2"], page["B2"] = "模板客户", "OWN-1"
    head = [cell.value for cell in page[1]]
    page.cell(2, head.index("电话*") + 1).value = "13900000007"
    book = io.BytesIO()
    page.parent.save(book)
    answer = send(agent, "/customers/import", book.getvalue()).get_json()
    assert (answer["rows"], answer["created"], answer["errors"]) == (1, 1, [])
