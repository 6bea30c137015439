"""OFF-1 in a real browser: a follow-up, an edit and a copy without leaving the record, and on to the next one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.customers.follow_ups.services import follow_up
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import BOTH_SIZES, picture, sign_in, visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def customers(world) -> list[int]:
    """Three customers of ``agent``'s; the one in the middle has a history of more than one page."""
    agent = world.actor("agent")
    made = [make_customer(agent, name=name).id for name in ("王甲", "王乙", "王丙")]
    for number in range(25):
        with clock.frozen(clock.now() - timedelta(hours=30 - number)):
            follow_up(made[1], content=f"第 {number} 次", method="visit", actor=agent)
    db.session.commit()
    return made


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_off_1_a_day_s_work_on_one_page(chromium, live, customers, size):
    with visiting(chromium, live, size, "agent") as page:
        page.goto(f"/customers/{customers[1]}")
        box, lines = page.locator("[data-box]"), page.locator(".timeline > li")
        picture(page, "record", size)
        box.locator("[type=submit]").click()  # nothing was written
        expect(box.locator(".fi-err")).to_have_text("此项必填")
        box.locator("textarea").fill("周三带看城南的两套")
        box.locator("#next_contact_at").fill("2020-01-01T09:00")
        box.locator("[type=submit]").click()
        expect(box.locator(".fi-err")).to_contain_text("必须晚于现在")
        expect(box.locator("textarea")).to_have_value("周三带看城南的两套")  # what was typed survives
        box.get_by_role("button", name="+3 天").click()
        box.locator("[type=submit]").click()
        expect(lines.first).to_contain_text("周三带看城南的两套")
        expect(box.locator("textarea")).to_have_value("")
        expect(page.locator(".dl-lead")).to_contain_text(f"{clock.today() + timedelta(days=3)} 09:00")
        expect(page.locator("#t-follow_ups em")).to_have_text("26")
        page.click("text=更早的动态")
        expect(lines).to_have_count(27)
        page.click(".tl-kinds >> text=其他操作")
        expect(lines).to_have_count(1)
        picture(page, "record-narrowed", size)


def test_off_1_a_box_whose_token_has_ended_is_saved_all_the_same(chromium, live, customers):
    context = chromium.new_context(base_url=live, locale="zh-CN")
    try:
        page = context.new_page()
        sign_in(page, "agent")
        page.goto(f"/customers/{customers[0]}")
        page.eval_on_selector("[data-box] [name=csrf_token]", "field => { field.value = 'of yesterday'; }")
        page.fill("[data-box] textarea", "昨天就打开了")
        page.press("[data-box] textarea", "Control+Enter")
        expect(page.locator(".timeline > li").first).to_contain_text("昨天就打开了")
    finally:
        context.close()


def test_off_1_a_field_is_edited_in_its_place(chromium, live, customers):
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{customers[1]}")
        field = page.locator(".record-card .dl-i", has=page.locator("dt", has_text="来源"))
        page.click(".dl-fold summary")
        field.hover()
        field.locator("[data-edit-in-place]").click()
        field.locator("select").select_option("online")
        picture(page, "record-in-place", "desktop")
        field.locator("text=保存").click()
        expect(field).to_contain_text("网络平台")
        expect(page.locator(".timeline > li").first).to_contain_text("来源：— → 网络平台")
        name = page.locator(".record-card .dl-i", has=page.locator("dt", has_text="名称"))
        name.hover()
        name.locator("[data-edit-in-place]").click()
        name.locator("input[name=name]").fill("")
        name.locator("text=保存").click()
        expect(name.locator(".fi-err")).to_have_text("此项必填")
        name.locator("input[name=name]").press("Escape")
        expect(name).to_contain_text("王乙")


def test_off_1_copy_and_on_to_the_next_of_the_list(chromium, live, customers):
    with visiting(chromium, live, "desktop", "agent") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/customers/?name=王&order_by=created_at")
        page.locator(".row-link").first.click()
        expect(page.locator("h1")).to_have_text("王甲")
        page.get_by_role("button", name="复制：电话").click()
        expect(page.locator(".toast-i")).to_contain_text("已复制")
        assert "****" in page.evaluate("navigator.clipboard.readText()")
        expect(page.get_by_role("link", name="上一条")).to_have_attribute("aria-disabled", "true")
        for name in ("王乙", "王丙"):
            page.get_by_role("link", name="下一条").click()
            expect(page.locator("h1")).to_have_text(name)
        expect(page.get_by_role("link", name="下一条")).to_have_attribute("aria-disabled", "true")
        page.click("[data-back]")
        expect(page.locator("tbody tr")).to_have_count(3)
