"""OFF-10 in a real browser: an address is confirmed in the drawer, and notices are chosen on one page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.keys import keys
from app.notices.outbox.models import OutgoingMessage
from app.org.profile import queries
from tests.support.people.world import PASSWORD
from tests.support.web.visits import SIZES, form_of, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
EMAIL = "chen.xw@example.com"


def _code() -> str:
    sealed = db.session.scalars(select(OutgoingMessage.body_cipher)).one()
    db.session.rollback()
    return re.search(r"[0-9]{6}", keys().fernet.decrypt(sealed.encode()).decode())[0]


@pytest.mark.parametrize("size", SIZES)
def test_off_10_an_address_and_quiet_hours(chromium, live, world, monkeypatch, size):
    monkeypatch.setattr(queries, "provider_for", lambda channel, _settings: channel == "email" or None)
    with visiting(chromium, live, size, "agent") as page:
        page.goto("/my/")
        page.locator("a[href='/my/email']").click()
        form = form_of(page)
        form.locator("#email").fill(EMAIL)
        form.locator("#password").fill(PASSWORD)
        submit(form)
        form = form_of(page)
        expect(form.locator("#code")).to_be_visible()
        form.locator("#code").fill(_code())
        submit(form)
        expect(page.locator("#person")).to_contain_text(EMAIL)
        page.check("[value='customer:email']")
        page.check("[name=quiet]")
        page.fill("[name=begins]", "21:30")
        picture(page, "own-page", size)
        page.click("#notices .btn-primary")
        expect(page.locator(".toast-success")).to_be_visible()
        expect(page.locator("[value='customer:email']")).to_be_checked()
        expect(page.locator("[value='security:email']")).to_be_disabled()
        expect(page.locator("[name=begins]")).to_have_value("21:30")
