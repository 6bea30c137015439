"""PLAT-17: any customer is opened with five keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.make import make_customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def customers(world) -> dict[str, int]:
    """Return the ids of three customers by name."""
    names = ("濮存昕", "单雅琴", "慕容雪村")
    return {name: make_customer(world.actor("agent"), name=name).id for name in names}


def test_plat_17_five_keys_open_any_customer(visit, customers):
    page = visit("agent")
    page.goto("/")
    for name, letters in (("濮存昕", "pcx"), ("单雅琴", "syq"), ("慕容雪村", "mrx")):
        page.keyboard.press("Control+k")
        for key in (*letters, "Enter"):
            page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"/customers/{customers[name]}$"))
        expect(page.locator("#find-box")).to_be_hidden()


def test_plat_17_arrows_choose_and_recent_records_come_back(visit, customers):
    page = visit("agent")
    page.goto(f"/customers/{customers['单雅琴']}")
    page.goto("/customers/")
    page.locator("[data-find]").click()
    expect(page.locator("#find-text")).to_be_focused()
    expect(page.locator("#find-recent-1")).to_contain_text("单雅琴")
    expect(page.locator("#find-recent-1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#find-command-1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.drawer")).to_be_visible()
    stored = page.evaluate("JSON.stringify(sessionStorage)")
    assert "单雅琴" not in stored


def test_plat_17_a_whole_number_is_not_sent(visit, customers):
    page = visit("agent")
    page.goto("/customers/")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.keyboard.press("Control+k")
    expect(page.locator("#find-list .find-line").first).to_be_visible()
    page.locator("#find-text").fill("１３９ 0001 8877")
    expect(page.locator("#find-list")).to_contain_text("后四位")
    assert not [url for url in sent if "8877" in url]
    page.keyboard.press("Escape")
    expect(page.locator("#find-box")).to_be_hidden()
