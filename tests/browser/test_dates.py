"""OFF-6 in a real browser: one picker for days and moments, with the days that people choose most."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import picture, visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_off_6_a_moment_has_the_picker_its_presets_and_times(chromium, live, world):
    made = make_customer(world.actor("agent")).id
    db.session.commit()
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{made}")
        field, picker = page.locator("#next_contact_at"), page.locator(".datepicker-dropdown")
        expect(field).to_have_attribute("type", "text")
        field.click()
        picture(page, "moment", "desktop")
        picker.get_by_role("button", name="+3 天").click()
        later = clock.today() + timedelta(days=3)
        expect(field).to_have_value(f"{later} 09:00")
        expect(page.locator("[data-box]").get_by_role("button", name="+3 天")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.locator("[data-box] textarea").click()
        field.click()
        picker.locator("select").select_option("14:30")
        expect(field).to_have_value(f"{later} 14:30")
        picker.locator("td.day:not(.old):not(.new)").last.click()
        expect(field).to_have_value(re.compile(" 14:30$"))
        page.locator("[data-box] textarea").fill("约好了")
        page.locator("[data-box] [type=submit]").click()
        expect(page.locator(".timeline > li").first).to_contain_text("约好了")
        expect(field).to_have_value("")


def test_off_6_a_range_of_days_is_filled_at_once(chromium, live, world):
    with visiting(chromium, live, "desktop", "admin") as page:
        page.goto("/operation-log/")
        ends = page.locator(".range.is-date input")
        ends.first.click()
        picture(page, "range", "desktop")
        page.locator(".datepicker-dropdown").get_by_role("button", name="本周").click()
        monday = clock.today() - timedelta(days=clock.today().weekday())
        expect(ends.nth(0)).to_have_value(str(monday))
        expect(ends.nth(1)).to_have_value(str(monday + timedelta(days=6)))
        expect(page.locator(".datepicker-dropdown")).to_have_count(0)


def test_off_6_a_phone_keeps_its_own_picker(chromium, live, world):
    made = make_customer(world.actor("agent")).id
    db.session.commit()
    with visiting(chromium, live, "phone", "agent") as page:
        page.goto(f"/customers/{made}")
        expect(page.locator("#next_contact_at")).to_have_attribute("type", "datetime-local")
