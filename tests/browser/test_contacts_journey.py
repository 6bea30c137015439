"""Contacts in a real browser: added on the customer's page, made primary, revealed (CUST-11, ACC-10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.customers.contacts.services import add_contact
from tests.support.make import make_customer
from tests.support.web.visits import BOTH_SIZES, form_of, operate, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_cust_11_a_contact_is_added_made_primary_and_revealed(chromium, live, world, size):
    agent = world.actor("agent")
    pk = make_customer(agent, kind="enterprise", name="天成贸易").id
    add_contact(pk, name="李明", mobile="13700001111", is_primary=True, actor=agent)
    with visiting(chromium, live, size, "agent") as page:
        page.goto(f"/customers/{pk}")
        form = operate(page, "添加联系人")
        submit(form)
        expect(form.locator(".fi-err").first).to_be_visible()  # the name is asked for
        form.locator("#name").fill("王芳")
        form.locator("#mobile").fill("139 1234 5678")
        form.locator("#birthday").fill("5月20日")
        picture(page, "contact-form", size)
        submit(form)
        page.locator("#t-contacts").click()
        rows = page.locator("#p-contacts tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("李明")
        expect(rows.nth(1)).to_contain_text("139****5678")
        rows.nth(1).get_by_text("设为主要").click()
        expect(page.locator("#p-contacts tbody tr").first).to_contain_text("王芳")
        picture(page, "contacts", size)
        page.locator("#p-contacts tbody tr").first.get_by_text("查看号码").click()
        form = form_of(page)
        form.locator("#purpose").fill("约看厂")
        submit(form)
        expect(form.locator("[data-reveal-phone]")).to_have_text("13912345678")
