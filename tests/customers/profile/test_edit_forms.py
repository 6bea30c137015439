"""The drawers of a record: edit, follow up, change the number, look at it (CUST-20, POOL-4, POOL-5, POOL-6)."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer
from tests.support.web.person import Browser

PHONE = "13700001111"
FOLLOW_UP = {"content": "写了很久的内容", "method": "visit", "next_contact_at": "2099-01-02T09:30"}


@pytest.fixture
def record(world) -> int:
    return make_customer(world.actor("agent"), name="秦女士", phone=PHONE, remark="原来的备注").id


def _form(browser: Browser, pk: int) -> dict:
    return browser.page(f"/customers/{pk}/edit?_drawer=1").values()


def test_cust_20_the_edit_form_shows_the_record_and_saves_what_changed(app, record):
    browser = Browser(app, "agent")
    form = _form(browser, record)
    assert (form["name"], form["remark"], form["version"]) == ("秦女士", "原来的备注", "1")
    done = browser.submit(f"/customers/{record}/edit?_drawer=1", {**form, "remark": "新的备注"}, 200)
    assert done.one("main", class_="done")["data-done-url"] == f"/customers/{record}"
    assert "新的备注" in browser.page(f"/customers/{record}").text
    edits = browser.page(f"/customers/{record}/tab/edits").one("tbody")
    cells = [cell.text for cell in edits.one("tr").all("td")]
    assert cells[2:] == ["备注", "原来的备注", "新的备注"]


def test_cust_20_an_older_save_is_refused_with_both_versions_and_nothing_is_lost(app, record):
    mine, theirs = Browser(app, "agent"), Browser(app, "manager")
    address = f"/customers/{record}/edit?_drawer=1"
    begun = _form(mine, record)
    theirs.submit(address, {**_form(theirs, record), "remark": "对方的备注"}, 200)
    page = mine.submit(address, {**begun, "remark": "我的备注", "address": "我的地址"}, 412)
    alert = page.one(class_="form-alert")
    assert "对方的备注" in alert.text
    assert "我的备注" in alert.text
    assert alert.one("a")["href"] == f"/customers/{record}"
    assert (page.values()["remark"], page.values()["address"]) == ("我的备注", "我的地址")
    assert "对方的备注" in mine.page(f"/customers/{record}").text


def test_pool_5_fields_that_an_edit_form_does_not_have_are_not_changed(app, record):
    browser = Browser(app, "agent")
    smuggled = {"phone": "13900009999", "code": "X-1", "owner_id": "1", "grade": "A", "pool": "platform"}
    browser.submit(f"/customers/{record}/edit", {**_form(browser, record), **smuggled}, 303)
    text = browser.page(f"/customers/{record}").text
    assert "137****1111" in text
    assert "X-1" not in text
    assert "个人客户" in text


@pytest.mark.parametrize("username", ["auditor"])
@pytest.mark.parametrize("path", ["edit", "follow-up", "reveal-phone", "change-phone"])
def test_acc_16_the_auditor_opens_the_file_and_changes_nothing(app, record, username, path):
    browser = Browser(app, username)
    assert browser.get(f"/customers/{record}").status_code == 200
    assert browser.get(f"/customers/{record}/{path}").status_code == 403
    assert browser.post(f"/customers/{record}/{path}", {"purpose": "核对"}).status_code == 403


def test_pool_18_a_follow_up_is_written_and_shown(app, record):
    browser = Browser(app, "agent")
    sent = {"content": "约好周末看房\n带身份证", "method": "wechat", "next_contact_at": "2099-01-02T09:30"}
    browser.submit(f"/customers/{record}/follow-up?_drawer=1", sent, 200)
    tab = browser.page(f"/customers/{record}/tab/follow_ups").text
    assert "约好周末看房 带身份证" in tab
    assert "2099-01-02 09:30" in tab
    assert "2099-01-02 09:30" in browser.page(f"/customers/{record}").text


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"content": " "}, {"content": "此项必填"}),
        ({"method": "pigeon"}, {"method": "请从选项中选择"}),
        ({"next_contact_at": "明天"}, {"next_contact_at": "请填写时间，例如 2026-01-31 09:30"}),
        ({"next_contact_at": "2001-01-01T09:30"}, {"next_contact_at": "时间必须晚于现在"}),
    ],
    ids=str,
)
def test_pool_18_a_refused_follow_up_keeps_what_was_typed(app, record, change, errors):
    sent = {**FOLLOW_UP, **change}
    page = Browser(app, "agent").submit(f"/customers/{record}/follow-up?_drawer=1", sent, 422)
    assert page.errors() == errors
    kept = page.values()
    typed = {name for name, value in sent.items() if value.strip() and value != "pigeon"}
    assert {name: kept[name] for name in typed} == {name: sent[name] for name in typed}


def test_acc_10_the_number_is_shown_once_with_the_viewers_name_and_the_look_is_kept(app, record):
    browser = Browser(app, "agent")
    address = f"/customers/{record}/reveal-phone?_drawer=1"
    assert PHONE not in browser.page(address).text
    page = browser.submit(address, {"purpose": "预约看房"}, 200)
    assert page.one("p", class_="reveal-phone").text == PHONE
    assert page.one("a", class_="btn-primary")["href"] == f"tel:{PHONE}"
    assert page.response.headers["Cache-Control"] == "no-store"
    looks = browser.page(f"/customers/{record}/tab/reveals").one("tbody").one("tr")
    assert "预约看房" in looks.text
    assert PHONE not in browser.page(f"/customers/{record}").text


def test_acc_10_a_look_needs_a_purpose(app, record):
    page = Browser(app, "agent").submit(f"/customers/{record}/reveal-phone", {"purpose": "  "}, 422)
    assert page.errors() == {"purpose": "此项必填"}
    assert PHONE not in page.text
    assert Browser(app, "agent").page(f"/customers/{record}/tab/reveals").all("tbody") == []


def test_acc_10_past_the_quota_the_form_says_so(app, record, setting):
    setting("reveal_quota.Agent", 1)
    browser = Browser(app, "agent")
    browser.submit(f"/customers/{record}/reveal-phone", {"purpose": "第一次"}, 200)
    page = browser.submit(f"/customers/{record}/reveal-phone", {"purpose": "第二次"}, 429)
    assert page.one(class_="form-alert").text
    assert page.values()["purpose"] == "第二次"
    assert PHONE not in page.text


def test_pool_6_the_number_changes_for_one_who_knows_it(app, record):
    browser = Browser(app, "agent")
    address = f"/customers/{record}/change-phone?_drawer=1"
    wrong = browser.submit(address, {"old_phone": "13700001112", "new_phone": "13700002222"}, 422)
    assert wrong.errors() == {"old_phone": "原号码不正确"}
    assert wrong.values()["new_phone"] == "13700002222"
    browser.submit(address, {"old_phone": "137-0000-1111", "new_phone": "13700002222"}, 200)
    assert "137****2222" in browser.page(f"/customers/{record}").text
    edits = browser.page(f"/customers/{record}/tab/edits").one("tbody").text
    assert "137****1111" in edits
    assert "137****2222" in edits


def test_pool_6_a_number_that_is_taken_is_refused_with_a_link(app, world, record):
    other = make_customer(world.actor("agent"), phone="13700003333").id
    sent = {"old_phone": PHONE, "new_phone": "13700003333"}
    page = Browser(app, "agent").submit(f"/customers/{record}/change-phone", sent, 409)
    assert page.one(class_="form-alert").one("a")["href"] == f"/customers/{other}"
    assert page.values()["new_phone"] == "13700003333"
