"""The pages of an import: upload, mapping and preview, run, result with undo (CUST-26)."""

from __future__ import annotations

import re

import pytest

from app.customers.imports.models import ImportBatch, ImportMapping
from app.customers.imports.queries import options_of
from app.kernel.database.session import db
from tests.support.documents import part
from tests.support.tables import workbook
from tests.support.web.person import Browser

ROWS = (("甲客户", "13900000001"), ("", "13900000002"))


@pytest.fixture
def agent(app, world) -> Browser:
    return Browser(app, "agent")


def upload(browser: Browser, content: bytes) -> str:
    """Upload a table; return the address of its page."""
    answer = browser.post("/imports/new", {"file": part("客户.xlsx", content)})
    assert answer.status_code == 303, answer.get_data(as_text=True)[-2000:]
    return answer.location


def text(browser: Browser, address: str) -> str:
    html = browser.get(address).get_data(as_text=True)
    return " ".join(re.sub("<[^>]+>", " ", html.split("<main")[-1]).split())


def batch_at(address: str) -> ImportBatch:
    db.session.expire_all()
    return db.session.get_one(ImportBatch, int(address.rsplit("/", 1)[1]))


def test_cust_26_from_upload_to_undo(agent, run_all):
    address = upload(agent, workbook(*ROWS))
    shown = text(agent, address)
    assert "共 2 行" in shown
    assert "1 行有错" in shown
    assert "名称：此项必填" in shown
    form = {"mode": "add", "match_by": "phone", "kind": "individual", "sheet": "0", "heading_row": "1",
            "column-0": "name", "column-1": "phone", "valid_rows_only": "y"}  # fmt: skip
    assert agent.post(f"{address}/run", form).location == address
    assert "等待" in text(agent, address)
    run_all()
    shown = text(agent, address)
    assert "已完成" in shown or "完成" in shown
    assert "甲客户" in shown
    agent.post(f"{address}/undo", {})
    assert "已撤销" in text(agent, address)


def test_cust_26_what_is_no_table_stays_on_the_form(agent):
    answer = agent.post("/imports/new", {"file": part("客户.xlsx", b"%PDF-1.7")})
    assert answer.status_code == 422
    assert "这是 PDF" in answer.get_data(as_text=True)


def test_cust_26_a_mapping_is_remembered_for_the_same_headings(agent):
    head = ("甲", "乙")
    address = upload(agent, workbook(("某人", "13900000001"), head=head))
    assert options_of(batch_at(address)).mapping == {}
    form = {"sheet": "0", "heading_row": "1", "column-0": "name", "column-1": "phone"}
    agent.post(f"{address}/check", form)
    assert batch_at(address).created == 1
    again = upload(agent, workbook(("别人", "13900000002"), head=head))
    assert options_of(batch_at(again)).mapping == {0: "name", 1: "phone"}
    assert batch_at(again).created == 1
    other = Browser(agent.app, "agent2")
    assert options_of(batch_at(upload(other, workbook(("丁", "13900000004"), head=head)))).mapping == {}
    assert db.session.query(ImportMapping).count() == 1


def test_cust_34_another_sheet_or_heading_row_is_mapped_anew(agent):
    address = upload(
        agent, workbook(("x", "y"), ("客户名称", "手机号"), ("某人", "13900000001"), head=("a", "b"))
    )
    form = {"sheet": "0", "heading_row": "0", "column-0": "remark"}
    agent.post(f"{address}/check", form)
    assert options_of(batch_at(address)).heading_row == 0
    agent.post(f"{address}/check", {**form, "heading_row": "3"})
    assert options_of(batch_at(address)).mapping == {0: "name", 1: "phone"}


def test_cust_26_two_columns_of_one_field_are_refused(agent):
    address = upload(agent, workbook(*ROWS))
    form = {"sheet": "0", "heading_row": "1", "column-0": "name", "column-1": "name"}
    answer = agent.post(f"{address}/check", form)
    assert answer.status_code == 422
    assert "同一字段" in answer.get_data(as_text=True)


def test_cust_26_pages_are_their_owners_and_ask_the_permission(app, agent, world):
    address = upload(agent, workbook(*ROWS))
    other = Browser(app, "agent2")
    assert other.get(address).status_code == 404
    for path in ("check", "run", "undo", "cancel"):
        assert other.post(f"{address}/{path}", {}).status_code == 404, path
    assert other.get(f"{address}/errors").status_code == 404
    assert Browser(app, "finance").get("/imports/new").status_code == 403


def test_acc_9_the_table_is_not_readable_in_the_storage(app, agent):
    from app.kernel.files.storage import storage

    address = upload(agent, workbook(*ROWS))
    with app.app_context():
        content = b"".join(storage().read(batch_at(address).content_name))
    assert b"13900000001" not in content
    assert "甲客户".encode() not in content
