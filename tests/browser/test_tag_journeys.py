"""CUST-14, CUST-23, CUST-25, OFF-3 in a real browser: a batch of tags with undo; a figure leads to its list."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from tests.support.make import make_customer

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def _list_with_two_tagged(page) -> None:
    page.goto("/customers/")
    page.locator(".js-pick-all").check()
    page.locator("[data-batch$='/tag']").evaluate("button => button.click()")
    form = page.frame_locator("dialog.drawer iframe")
    form.locator("#names").fill("学区房")
    form.locator(".form-bar .btn-primary").click()


def test_cust_14_a_batch_of_tags_is_undone(world, visit):
    for name in ("甲", "乙"):
        make_customer(world.actor("agent"), name=name)
    db.session.rollback()  # SQLite has one writer
    page = visit("agent")
    _list_with_two_tagged(page)
    expect(page.locator(".toast-i").last).to_contain_text("已更改 2 个客户的标签")
    expect(page.locator("tbody .tag", has_text="学区房")).to_have_count(2)
    page.locator(".toast-i [data-undo]").last.click()
    expect(page.locator(".toast-i").last).to_contain_text("已撤销")
    page.goto("/customers/")
    expect(page.locator("tbody .tag", has_text="学区房")).to_have_count(0)


def test_cust_25_a_figure_leads_to_its_customers(world, visit):
    make_customer(world.actor("agent"), name="甲", source="walk_in")
    make_customer(world.actor("agent"), name="乙")
    db.session.rollback()
    page = visit("agent")
    page.goto("/customer-statistics/")
    page.locator("[data-chart-toggle='source']").click()
    page.locator("table[aria-labelledby='h-source'] a").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("甲")
