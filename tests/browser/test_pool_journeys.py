"""The pool in a real browser, at a desk and on a phone: shelf, private holding, handlers, pushes, batches,
follow-ups (ACC-10).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from app.pool.pushes.services import push_customer
from tests.support.figures import put
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.visits import (
    BOTH_SIZES,
    choose,
    form_of,
    operate,
    pick,
    picture,
    submit,
    visiting,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

RED = "rgb(196, 38, 45)"


def _tags(page):
    return page.locator(".head-tags")


def _open_tab(page, key: str):
    page.click(f"#t-{key}")
    return page.locator(f"#p-{key} tbody tr")


def test_pool_8_and_9_unshelve_and_shelve_again(chromium, live, world):
    pk = make_customer(world.actor("agent"), name="周先生").id
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{pk}")
        form = operate(page, "下架")
        submit(form)
        expect(form.locator(".fi-err")).to_be_visible()  # the reason is asked for
        pick(form, "reason", "no_need")
        form.locator("#remark").fill("暂不考虑")
        picture(page, "unshelve", "desktop")
        submit(form)
        expect(_tags(page)).to_contain_text("已下架")
        form = operate(page, "上架")
        assert not form.locator("#handler_id").count()  # the owner handles a personal customer
        expect(form.locator("#viewing_booked")).to_be_hidden()
        pick(form, "follow_status", "pending")
        expect(form.locator("#viewing_booked")).to_be_attached()
        form.locator("#remark").fill("又在找房")
        picture(page, "shelve", "desktop")
        submit(form)
        expect(_tags(page)).to_contain_text("待处理")
        rows = _open_tab(page, "shelf_log")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("又在找房")
        picture(page, "shelf-log", "desktop")


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_pool_12_and_13_privatize_and_publicize(chromium, live, world, size):
    pk = make_platform_customer(world.actor("manager"), state="following", name="吴女士").id
    with visiting(chromium, live, size, "agent") as page:
        page.goto(f"/customers/{pk}")
        picture(page, "platform-customer", size)
        submit(operate(page, "拉私"))
        expect(_tags(page)).to_contain_text("已拉私")
        submit(operate(page, "公开"))
        expect(_tags(page)).not_to_contain_text("已拉私")
        page.click(".page-ops .dropdown > button")
        refused = page.locator(".page-ops").get_by_role("button", name="分配", exact=True)
        refused.click(force=True)  # it answers with the reason
        expect(page.locator(".tip")).to_have_text("只有处理人或上级可以分配处理人")


def test_pool_14_assigning_notifies_the_new_handler(chromium, live, world):
    pk = make_platform_customer(world.actor("agent"), name="郑先生").id
    with visiting(chromium, live, "desktop", "manager") as page:
        page.goto(f"/customers/{pk}")
        form = operate(page, "分配")
        choose(form, "handler_id", world.actor("agent2").name)
        submit(form)
        handler = page.locator(".dl-i", has_text="处理人")
        expect(handler).to_contain_text(world.actor("agent2").name)
    with visiting(chromium, live, "desktop", "agent2") as page:
        expect(page.locator("[data-badge=notifications]")).to_have_text("1")
        waiting = page.locator("a.wait", has_text="待我处理的客户")
        expect(waiting.locator("b")).to_have_text("1")
        picture(page, "waiting-for-me", "desktop")
        waiting.click()
        page.click("tbody a.row-link >> text=郑先生")
        expect(_tags(page)).to_contain_text("待处理")


def test_pool_16_and_17_push_accept_reveal(chromium, live, world):
    made = make_customer(world.actor("agent"), name="钱先生", phone="13800001234")
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{made.id}")
        form = operate(page, "推送")
        choose(form, "receiver_id", world.actor("agent3").name)
        form.locator("#remark").fill("想看青羊区")
        submit(form)
        expect(_open_tab(page, "pushes")).to_contain_text("待接收")
    with visiting(chromium, live, "phone", "agent3") as page:
        expect(page.locator("[data-badge=pushes]")).to_have_text("1")
        page.goto("/pushes/")
        picture(page, "pushes", "phone")
        page.click("tbody .op >> text=接受")
        submit(form_of(page))
        expect(page.locator(".empty")).to_be_visible()
        page.goto("/pushes/?tab=received")
        page.click("tbody a >> text=钱先生")
        form = operate(page, "查看号码")
        expect(form.locator(".form-hint")).to_contain_text("今天还可查看 50 个号码")
        form.locator("#purpose").fill("约看房")
        submit(form)
        expect(page.locator("[data-reveal-phone]")).to_have_text("13800001234")
        picture(page, "reveal", "phone")


def test_pool_17_push_and_withdraw(chromium, live, world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    push_customer(make_customer(agent, name="孙女士").id, receiver_id=receiver.id, actor=agent)
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto("/pushes/?tab=sent")
        page.click("tbody .op >> text=撤回")
        submit(form_of(page))
        expect(page.locator("tbody tr")).to_contain_text("已撤回")
        assert page.locator("tbody .op").count() == page.locator("tbody .op.is-off").count()
        picture(page, "pushes-sent", "desktop")
    with visiting(chromium, live, "desktop", "agent3") as page:
        expect(page.locator("[data-badge=pushes]")).to_be_hidden()
        expect(page.locator("[data-badge=notifications]")).to_have_text("2")


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_pool_7_batch_unshelve_reports_each(chromium, live, world, size):
    for name in ("李先生", "李女士"):
        make_customer(world.actor("agent"), name=name)
    make_platform_customer(world.actor("agent2"), state="private", name="李小姐")
    with visiting(chromium, live, size, "agent") as page:
        page.goto("/customers/")
        button = page.locator(".tbar-l > [data-batch$='/unshelve']")
        expect(button).to_be_disabled()
        for box in page.locator(".js-pick").all():
            box.check()
        expect(page.locator("[data-sel-text]")).to_have_text("已选 3 项")
        picture(page, "customers-chosen", size)
        button.click()
        drawer = page.frame_locator("dialog.drawer iframe")
        expect(page.locator("#drawer-title")).to_have_text("下架 — 已选 3 条记录")
        pick(drawer, "reason", "no_need")
        submit(drawer)
        sums = drawer.locator(".batch-sum")
        expect(sums).to_contain_text("已下架 2 位客户 · 未成功 1 条")
        expect(drawer.locator("tbody tr").first).to_contain_text("李小姐")
        picture(page, "batch-result", size)
        drawer.locator(".form-bar a").click()
        expect(page.locator("tbody tr[data-url] .tag", has_text="已下架")).to_have_count(2)


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_pool_18_a_follow_up_from_the_list(chromium, live, world, size):
    late = make_customer(world.actor("agent"), name="冯先生")
    put(late, next_contact_at=datetime(2026, 1, 5, 4, 0, tzinfo=UTC))
    with visiting(chromium, live, size, "agent") as page:
        page.click("a.wait >> text=逾期未联系")
        page.wait_for_selector(".u-overdue")
        expect(page.locator("#f-code")).to_be_hidden()  # the list, not a wall of filters
        page.click("[data-filter-toggle]")
        expect(page.locator("#f-code")).to_be_visible()
        page.goto("/customers/")
        expect(page.locator("tbody .u-overdue")).to_have_css("color", RED)
        page.click("tbody .op >> text=写跟进")
        form = form_of(page)
        form.locator("#content").fill("电话联系，周末看房")
        picture(page, "follow-up", size)
        submit(form)
        if size == "desktop":  # the list stays where it was
            expect(page.locator("tbody td[data-key=last_follow_up_at]")).not_to_have_text("—")
            assert page.url.endswith("/customers/")
            page.click("tbody a.row-link")
        page.wait_for_selector("h1:has-text('冯先生')")
        page.click("#t-follow_ups")
        expect(page.locator("#p-follow_ups .timeline")).to_contain_text("电话联系，周末看房")
