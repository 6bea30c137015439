"""Refused forms, settings, staff and roles in a real browser (PLAT-7, PLAT-1, ACC-2, ACC-12, ACC-4)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.people.world import PASSWORD
from tests.support.web.visits import choose, form_of, picture, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

FIRST = "First-secret-2026"


def _open_new(page):
    page.click("a.js-new")
    return form_of(page)


def test_a_refused_form_in_the_drawer_keeps_everything_and_says_what_is_wrong(visit):
    page = visit("agent")
    page.goto("/customers/")
    form = _open_new(page)
    typed = {
        "name": "周先生",
        "phone": "13800001234",
        "demand-price_min": "500",
        "demand-price_max": "x",
        "demand-area_min": "很大",
        "demand-needs": "近地铁",
    }
    for field, value in typed.items():
        form.locator(f"#{field}").fill(value)
    choose(form, "demand-district_ids", "锦江区")
    submit(form)
    summary = form.locator("[data-form-errors]")
    expect(summary.locator("a")).to_have_text(["价格上限", "面积下限"])
    for field in ("demand-price_max", "demand-area_min"):
        box = form.locator(f"#{field}")
        assert box.get_attribute("aria-invalid") == "true"
        expect(form.locator(f"#{box.get_attribute('aria-describedby').split()[0]}")).to_be_visible()
    assert {field: form.locator(f"#{field}").input_value() for field in typed} == typed
    expect(form.locator("#demand-district_ids + .select2")).to_contain_text("锦江区")
    expect(form.locator("#demand-price_max")).to_be_focused()  # the first wrong field
    summary.locator("a").last.click()
    expect(form.locator("#demand-area_min")).to_be_focused()
    picture(page, "drawer-errors", "desktop")
    page.keyboard.press("Escape")
    expect(page.locator("#ask-box")).to_be_visible()  # what was typed is not lost by one key
    page.click("[data-ask-no]")
    assert form.locator("#name").input_value() == "周先生"


def test_plat_7_a_setting_is_changed_and_logged_and_a_wrong_one_refused(visit):
    page = visit("admin")
    page.goto("/settings/")
    page.fill("#lockout_minutes", "25")
    submit(page)
    expect(page.locator(".set-i.is-own label")).to_contain_text("账号锁定时长")
    page.goto("/operation-log/")
    expect(page.locator("tbody tr").first).to_contain_text("“账号锁定时长”由“15”改为“25”")
    page.goto("/settings/")
    page.fill("#lockout_minutes", "很久")
    submit(page)
    expect(page.locator("#lockout_minutes-err")).to_be_visible()
    assert page.input_value("#lockout_minutes") == "很久"
    assert page.locator(".set-i.has-error").count() == 1
    picture(page, "settings-error", "desktop")
    page.goto("/settings/")
    assert page.input_value("#lockout_minutes") == "25"


def test_acc_2_and_12_new_staff_has_to_change_the_first_password(visit):
    page = visit("admin")
    page.goto("/staff/")
    form = _open_new(page)
    for field, value in {"name": "白一帆", "username": "baiyifan", "password": FIRST}.items():
        form.locator(f"#{field}").fill(value)
    choose(form, "department_id", "城东店")
    choose(form, "role_ids", "经纪顾问")
    picture(page, "staff-new", "desktop")
    submit(form)
    expect(page.locator("h1")).to_have_text("白一帆")
    new = visit("", fresh=True)
    new.goto("/")
    new.fill("#username", "baiyifan")
    new.fill("#password", FIRST)
    new.press("#password", "Enter")
    new.wait_for_url("**/account/password**")
    expect(new.locator(".side-nav a")).to_have_count(0)
    picture(new, "first-password", "desktop")
    new.goto("/customers/")
    new.wait_for_url("**/account/password**")  # nothing else until it is done
    for field, value in {"old_password": FIRST, "new_password": PASSWORD, "repeated": PASSWORD}.items():
        new.fill(f"#{field}", value)
    submit(new)
    expect(new.locator(".side-nav a[href='/customers/']")).to_be_attached()
    new.goto("/customers/")
    expect(new.locator("h1")).to_have_text("客户管理")


def test_acc_4_a_changed_permission_takes_the_button_away_and_gives_it_back(visit):
    admin, agent = visit("admin"), visit("agent")
    agent.goto("/customers/")
    expect(agent.locator(".tbar a.js-new")).to_be_visible()
    for allowed in (False, True):
        admin.goto("/roles/")
        admin.locator("tr", has_text="(Agent)").locator("a", has_text="功能权限").click()
        admin.set_checked("input[name=pair][value='Customer.create']", allowed)
        picture(admin, "permissions", "desktop")
        submit(admin)
        expect(admin.locator(".toast-success")).to_be_visible()
        agent.goto("/customers/")
        expect(agent.locator(".tbar a[href='/customers/new']")).to_have_count(int(allowed))
        answer = agent.goto("/customers/new")
        assert answer.status == (200 if allowed else 403)
