"""Filters of lists and saved filters in a real browser (CUST-13)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import choose, form_of, picture, submit

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


@pytest.mark.usefixtures("customers")
def test_cust_13_save_use_rename_and_delete_a_filter(visit):
    page = visit("manager")
    page.goto("/customers/?name=周")
    page.click(".saved a[data-drawer]")
    form = form_of(page)
    form.locator("#name").fill("姓周的")
    submit(form)
    chip = page.locator(".saved-i", has_text="姓周的")
    expect(chip).to_have_class("saved-i on")
    page.goto("/customers/")
    expect(page.locator(ROWS)).to_have_count(3)
    chip.locator("> a").click()
    expect(page.locator(ROWS)).to_have_count(1)
    picture(page, "saved-filter", "desktop")
    chip.locator(".saved-m").click()
    chip.locator("a[data-drawer]").click()
    form = form_of(page)
    assert form.locator("#name").input_value() == "姓周的"
    form.locator("#name").fill("周姓客户")
    submit(form)
    chip = page.locator(".saved-i", has_text="周姓客户")
    chip.locator(".saved-m").click()
    chip.locator("button[data-danger]").click()
    expect(page.locator("#ask-box")).to_contain_text("周姓客户")
    page.click("[data-ask-yes]")
    expect(page.locator(".toast-i")).to_be_visible()
    expect(page.locator(".saved-i")).to_have_count(0)
