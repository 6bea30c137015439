"""OFF-5: views of lists in a real browser: saved, changed, shared by address; columns; clicks are counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import form_of, picture, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

ROWS = "tbody tr[data-url]"
COUNT_CLICKS = """
addEventListener('mousedown', (event) => {
  if (event.isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true);
"""


@pytest.fixture
def customers(world) -> None:
    """Customers of two colleagues."""
    for owner, name in (("agent", "周先生"), ("agent", "郑女士"), ("agent2", "王小姐")):
        make_customer(world.actor(owner), name=name)


def _heads(page) -> list[str]:
    return page.locator("th[data-key]").evaluate_all("heads => heads.map(head => head.dataset.key)")


@pytest.mark.usefixtures("customers")
def test_off_5_a_typed_filter_is_saved_with_four_clicks_at_most(visit):
    page = visit("manager")
    page.add_init_script(COUNT_CLICKS)
    page.goto("/customers/")
    page.click("#f-name")
    page.keyboard.type("周")
    page.click("[data-filter] button[type=submit]")
    page.wait_for_url("**name=**")
    page.click(".views a[data-drawer]")
    form = form_of(page)
    expect(form.locator("#name")).to_be_focused()
    form.locator("#name").press_sequentially("姓周的")
    submit(form)
    tab = page.locator(".view-i", has_text="姓周的")
    expect(tab).to_have_class("view-i on")
    assert int(page.evaluate("sessionStorage.clicks")) <= 4
    page.goto("/customers/")
    expect(page.locator(ROWS)).to_have_count(3)
    tab.locator("> a").click()
    expect(page.locator(ROWS)).to_have_count(1)
    picture(page, "views", "desktop")


@pytest.mark.usefixtures("customers")
def test_off_5_a_view_is_renamed_opens_by_itself_and_is_deleted(visit):
    page = visit("manager")
    page.goto("/customers/?name=周")
    page.click(".views a[data-drawer]")
    form = form_of(page)
    form.locator("#name").fill("姓周的")
    submit(form)
    tab = page.locator(".view-i", has_text="姓周的")
    tab.locator(".view-m").click()
    tab.locator("a[data-drawer]").click()
    form = form_of(page)
    assert form.locator("#name").input_value() == "姓周的"
    form.locator("#name").fill("周姓客户")
    form.locator("label.switch", has=form.locator("#is_default")).click()
    submit(form)
    tab = page.locator(".view-i", has_text="周姓客户")
    expect(tab.locator(".fa-house")).to_be_visible()
    page.goto("/customers/")
    expect(page.locator(ROWS)).to_have_count(1)
    tab.locator(".view-m").click()
    tab.locator("button[data-danger]").click()
    expect(page.locator("#ask-box")).to_contain_text("周姓客户")
    page.click("[data-ask-yes]")
    expect(page.locator(ROWS)).to_have_count(3)
    expect(page.locator(".view-i")).to_have_count(0)


@pytest.mark.usefixtures("customers")
def test_off_5_columns_are_moved_by_keys_and_pinned_and_come_with_the_page(visit):
    page = visit("manager")
    page.goto("/customers/")
    usual = _heads(page)
    page.click("[data-cols]")
    menu = page.locator("[data-cols-form]")
    rows = menu.locator(".cols-i")
    expect(rows).to_have_count(len(usual))
    rows.nth(2).locator("[data-cols-up]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(rows.first).to_have_attribute("data-key", usual[2])
    rows.first.locator(".cols-pin").click()
    rows.first.locator("select").select_option("160")
    rows.last.locator("input[name=columns]").uncheck()
    picture(page, "columns", "desktop")
    menu.locator("button.btn-primary").click()
    expect(page.locator("th[data-key]")).to_have_count(len(usual) - 1)
    assert _heads(page) == [usual[2], *usual[:2], *usual[3:-1]]
    pins = page.locator("th.c-pin").evaluate_all(
        "pins => pins.map(pin => parseFloat(getComputedStyle(pin).left))"
    )
    assert len(pins) == 2
    assert pins[0] < pins[1]
    page.click("[data-cols]")
    page.locator("[data-cols-form] [name=reset]").click()
    expect(page.locator("th[data-key]")).to_have_count(len(usual))
    assert _heads(page) == usual


@pytest.mark.usefixtures("customers")
def test_off_5_small_rows_change_at_once_and_stay(visit):
    page = visit("manager")
    page.goto("/customers/")
    with page.expect_response("**/list-views/density**"):
        page.click("[data-density]")
    expect(page.locator(".list-card")).to_have_class("card list-card dense")
    page.reload()
    expect(page.locator(".list-card")).to_have_class("card list-card dense")


@pytest.mark.usefixtures("customers")
def test_off_5_a_card_is_dragged_and_the_operation_asks(visit):
    page = visit("manager")
    page.goto("/customers/")
    page.click(".modes a[href*=board]")
    card = page.locator(".kb-card", has_text="周先生")
    card.drag_to(page.locator(".kb-col[data-stage=off_shelf]"))
    form = form_of(page)
    form.locator("#reason + .select2 .select2-selection").click()
    form.locator(".select2-results__option").first.click()
    submit(form)
    expect(page.locator(".kb-col[data-stage=off_shelf] .kb-card")).to_contain_text("周先生")
    assert page.url.endswith("/customers/board"), "the board stays open"
    picture(page, "board", "desktop")


@pytest.mark.usefixtures("customers")
def test_off_5_the_board_says_why_a_card_cannot_move_and_the_keyboard_moves_it(visit):
    page = visit("manager")
    page.goto("/customers/board")
    card = page.locator(".kb-card", has_text="周先生")
    card.drag_to(page.locator(".kb-col[data-stage=pending]"))
    expect(page.locator(".toast-i")).to_contain_text("待处理")
    expect(page.locator(".kb-col[data-stage=following] .kb-card", has_text="周先生")).to_be_visible()
    card.locator("[data-moves]").focus()
    page.keyboard.press("Enter")
    way = card.locator("[data-to=off_shelf] a")
    expect(way).to_be_visible()
    picture(page, "board-menu", "desktop")
    way.focus()
    page.keyboard.press("Enter")
    expect(form_of(page).locator("#reason")).to_be_attached()


@pytest.mark.usefixtures("customers")
def test_off_5_a_day_of_the_calendar_opens_its_list(visit, world):
    now = clock.now()
    for number in range(5):
        made = make_customer(world.actor("agent"), name=f"约{number}")
        made.next_contact_at = now
    db.session.commit()
    page = visit("agent")
    page.goto("/customers/")
    page.click(".modes a[href*=calendar]")
    today = page.locator(".cal-d.is-today")
    expect(today.locator("em")).to_have_text("5")
    expect(today.locator(".cal-i")).to_have_count(3)
    picture(page, "calendar", "desktop")
    today.locator(".cal-n").click()
    expect(page.locator(ROWS)).to_have_count(5)
