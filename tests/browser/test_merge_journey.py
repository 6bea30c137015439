"""CUST-9 in a real browser: two files of one customer are compared, merged, and taken apart again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.make import make_customer
from tests.support.web.visits import choose, form_of, operate, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def test_cust_9_merge_and_undo(chromium, live, world):
    agent = world.actor("agent")
    stays, goes = (
        make_customer(agent, name="左二", remark="甲"),
        make_customer(agent, name="左二妹", remark="乙"),
    )
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{stays.id}")
        form = operate(page, "合并重复客户")
        choose(form, "chosen_ids", "左二妹")
        submit(form)
        form = form_of(page)
        form.locator("#choices-remark label", has_text="乙").click()
        picture(page, "merge", "desktop")
        submit(form)
        expect(page.locator("dl", has_text="乙").first).to_be_visible()
        page.goto(f"/customers/{goes.id}")
        expect(page).to_have_url(f"{live}/customers/{stays.id}")
        page.locator("#t-merges").click()
        expect(page.locator("#p-merges")).to_contain_text(goes.code)
        page.locator("#p-merges a[data-drawer='撤销合并']").click()
        submit(form_of(page))
        page.goto(f"/customers/{goes.id}")
        expect(page).to_have_url(f"{live}/customers/{goes.id}")
        expect(page.locator("h1")).to_contain_text("左二妹")
