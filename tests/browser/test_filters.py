"""Filters of lists and saved filters in a real browser (CUST-13)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import choose, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

SEARCH = "[data-filter] button[type=submit]"
ROWS = "tbody tr[data-url]"


def _colour(page, field: str) -> str:
    return page.locator(f"#f-{field}").evaluate(
        "field => getComputedStyle(field.closest('.ff').querySelector('.select2-selection, .range') || field).backgroundColor"
    )


def _choose_code(page, field: str, label: str) -> None:
    page.click(f"#f-{field} + .select2 .select2-selection")
    page.locator(".select2-results__option", has_text=label).click()


@pytest.fixture
def customers(world) -> None:
    """Customers of two colleagues; one was recorded last year."""
    made = {
        name: make_customer(world.actor(owner), name=name)
        for name, owner in (("周先生", "agent"), ("郑女士", "agent"), ("王小姐", "agent2"))
    }
    made["郑女士"].created_at = clock.now().replace(year=clock.now().year - 1, day=15)
    db.session.commit()


@pytest.mark.usefixtures("customers")
def test_cust_13_choice_remote_search_dates_and_reset(visit):
    page = visit("manager")
    page.goto("/customers/")
    expect(page.locator(ROWS)).to_have_count(3)
    plain = _colour(page, "follow_status")
    _choose_code(page, "follow_status", "跟进中")
    page.click("[data-filter-toggle]")
    choose(page, "f-owner_id", "陈晓雯")
    page.click(SEARCH)
    page.wait_for_url("**follow_status=following**")
    expect(page.locator(ROWS)).to_have_count(2)
    assert _colour(page, "follow_status") != plain, "an active field is tinted"
    assert page.locator(".ff.on label").all_inner_texts() == ["跟进状态", "所属人"]
    expect(page.locator("#f-owner_id + .select2")).to_contain_text("陈晓雯")  # the name, not the number
    picture(page, "filters", "desktop")
    page.click("[data-filter-toggle]")  # a filtered list folds the filters that are not set
    page.fill("#f-created_from", clock.to_local(clock.now()).date().replace(month=1, day=1).isoformat())
    page.locator("#f-created_from").press("Escape")
    page.click(SEARCH)
    page.wait_for_url("**created_from=**")
    expect(page.locator(ROWS)).to_have_count(1)
    assert _colour(page, "created_from") != plain
    page.click(".ff-btns a")
    expect(page.locator(ROWS)).to_have_count(3)
    expect(page.locator(".ff.on")).to_have_count(0)
    assert page.url.endswith("/customers/")


@pytest.mark.usefixtures("customers")
def test_cust_13_a_wrong_value_is_explained_under_its_field(visit):
    page = visit("manager")
    page.goto("/customers/")
    page.fill("#f-phone", "12")
    page.click(SEARCH)
    expect(page.locator("#f-phone-err")).to_contain_text("后四位")
    assert page.input_value("#f-phone") == "12"
    assert page.get_attribute("#f-phone", "aria-describedby") == "f-phone-err"
