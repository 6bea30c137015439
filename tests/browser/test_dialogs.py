"""OFF-2, OFF-3: small dialogs, where the cursor starts, saving by keys, answers with undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.visits import form_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def _open(page, address: str, operation: str):
    page.goto(address)
    page.locator(f"[href='{address}/{operation}'], [data-url='{address}/{operation}']").first.dispatch_event(
        "click"
    )
    return form_of(page)


def _width(page) -> float:
    return page.locator(".drawer-in").bounding_box()["width"]


def test_off_2_one_or_two_fields_open_a_small_dialog_with_the_cursor_in_the_chooser(visit, world):
    address = f"/customers/{make_customer(world.actor('agent')).id}"
    page = visit("agent")
    form = _open(page, address, "transfer")
    expect(form.locator("[aria-labelledby^=owner_id-l]")).to_be_focused()
    assert _width(page) < 600
    page.keyboard.press("Escape")
    _open(page, address, "follow-up")
    assert _width(page) > 800


def test_off_3_answers_are_undone_by_keys_alone(visit, world):
    made = make_platform_customer(world.actor("agent"), state="following", name="王小明")
    address = f"/customers/{made.id}"
    db.session.rollback()  # SQLite has one writer
    page = visit("agent")
    form = _open(page, address, "privatize")
    form.locator("button[type=submit]").press("Control+Enter")
    toast = page.locator(".toast-i")
    expect(toast).to_contain_text("已将 王小明 转为私客")
    toast.locator("[data-undo]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast-i").last).to_contain_text("已撤销，王小明 恢复原状")
    expect(
        page.locator(f"[href='{address}/privatize'], [data-url='{address}/privatize']").first
    ).to_be_attached()


def test_off_2_save_and_new_begins_another_one_and_the_list_shows_the_first(visit, world):
    page = visit("agent")
    page.goto("/customers/")
    page.keyboard.press("n")
    form = form_of(page)
    form.locator("#name").fill("王小明")
    form.locator("#phone").fill("13911110000")
    form.locator("#phone").press("Control+Shift+Enter")
    expect(form.locator(".toast-i")).to_contain_text("已新建 王小明")
    expect(form.locator("#name")).to_be_focused()
    expect(form.locator("#name")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("tbody")).to_contain_text("王小明")


def test_off_2_a_duplicate_is_told_while_typing_and_saving_takes_few_keys(visit, world):
    """After the text: one key to the next field, one to save; the hint comes without any."""
    made = make_customer(world.actor("agent"), name="周先生", phone="13911110000")
    pk = made.id
    db.session.rollback()
    page = visit("agent")
    page.goto("/customers/")
    page.keyboard.press("n")
    form = form_of(page)
    expect(form.locator("#name")).to_be_focused()
    page.keyboard.type("王小明")
    page.keyboard.press("Tab")
    page.keyboard.type("13911110000")
    note = form.locator(".fi:has(#phone) .fi-note")
    expect(note).to_contain_text("您已有使用此号码的个人客户")
    expect(note.locator("a")).to_have_attribute("href", f"/customers/{pk}")
    page.keyboard.press("Backspace")
    page.keyboard.type("1")
    expect(note).to_be_empty()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast-i")).to_contain_text("已新建 王小明")
