"""CUST-26 in a real browser: a table is sent, its columns are chosen, it is tried out, written and taken back."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.system.runs import executor
from tests.support.tables import workbook
from tests.support.web.visits import visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = (("甲客户", "13900000001", "来过"), ("乙客户", "13900000002", ""), ("", "13900000003", ""))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_cust_26_from_the_table_to_its_undo(app, world, live, chromium, size):
    token = lease.acquire("test", 120)
    db.session.remove()
    table = workbook(*ROWS, head=("甲栏", "乙栏", "丙栏"))
    with visiting(chromium, live, size, "agent") as page:
        page.goto("/imports/new")
        page.set_input_files("#file", {"name": "客户.xlsx", "mimeType": XLSX, "buffer": table})
        page.click("form button[type=submit]:has-text('上传')")
        page.fill("#heading_row", "1")
        page.select_option("[name=column-0]", "name")
        page.select_option("[name=column-1]", "phone")
        page.select_option("[name=column-2]", "remark")
        page.click("button:has-text('重新检查')")
        summary = page.locator(".batch-sum")
        expect(summary).to_contain_text("2")
        expect(page.locator("[data-result] tbody tr")).to_have_count(3)
        page.press("[name=valid_rows_only]", "Space")
        expect(page.locator("[name=valid_rows_only]")).to_be_checked()
        page.click("button[formaction$='/run']")
        expect(page.locator("progress.run-bar")).to_be_attached()
        executor.work(token, Event())
        page.reload()
        expect(page.locator("[data-result] a:has-text('甲客户')")).to_be_visible()
        page.click("form[action$='/undo'] button")
        page.click("[data-ask-yes]")
        expect(page.locator(".page-head")).to_contain_text("已撤销")
        expect(page.locator("form[action$='/undo']")).to_have_count(0)
