"""CH-24: a deal on the referral's page: when it closes, what it asks for, what it becomes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.channel.referrals.deals import close_referral
from app.kernel.database.session import db
from tests.support.channel.referral_pages import facts, head
from tests.support.channel.scene import START, again, at, check_invariants, operations
from tests.support.web.person import Browser

DAY = START.date().isoformat()


def test_ch_24_a_bound_customer_closes_without_a_warning(app, channel):
    referral = channel.bound("broker1")
    db.session.commit()
    browser, path = Browser(app, "director"), f"/referrals/{referral.id}/close"
    page = browser.page(path)
    assert not page.all(class_="form-warn")
    assert page.values()["closed_on"] == DAY
    assert "outside" not in page.values()
    values = {"closed_on": DAY, "amount": "880,000.50", "unit": "3-1-502", "note": "全款"}
    assert browser.submit(path, {**values, "amount": "1.001"}, 422).errors() == {"amount": "最多两位小数"}
    assert browser.submit(path, {**values, "closed_on": "2026-03-03"}, 422).errors() == {
        "closed_on": "不能晚于今天"
    }
    assert browser.post(path, values).status_code == 303
    stored = again(referral)
    assert (stored.state, stored.closed_amount) == ("closed", Decimal("880000.50"))
    shown = head(browser.page(f"/referrals/{referral.id}"))
    assert (shown["成交"], shown["转为客户"]) == ("该客户已成交", "")
    assert "撤销成交" not in shown  # the administrator's


def test_ch_24_the_page_asks_for_the_amount_or_why_there_is_none(app, channel):
    referral = channel.bound("broker1")
    db.session.commit()
    browser, path = Browser(app, "director"), f"/referrals/{referral.id}/close"
    assert "撤销" in browser.page(path).text or "重新打开" in browser.page(path).text, "it says what follows"
    page = browser.submit(path, {"closed_on": DAY, "note": "全款"}, 422)
    assert list(page.errors()) == ["amount"]
    assert (page.values()["note"], again(referral).state) == ("全款", "bound")
    answer = browser.post(path, {"closed_on": DAY, "note": "全款", "no_amount": "合同未签"})
    assert answer.status_code == 303
    stored = again(referral)
    assert (stored.state, stored.closed_amount) == ("closed", None)
    assert stored.closed_note == "未填金额：合同未签\n全款"


@pytest.mark.parametrize("state", ["reported", "expired"])
def test_ch_24_a_day_outside_the_protection_is_warned_of_before_it_is_confirmed(app, channel, state):
    referral = channel.report("broker1") if state == "reported" else channel.bound("broker1")
    db.session.commit()
    with at(days=40):
        today, within = (START + timedelta(days=40)).date(), (START + timedelta(days=30)).date()
        browser, path = Browser(app, "director"), f"/referrals/{referral.id}/close"
        warning = browser.page(path).one(class_="form-warn").text
        assert ("从未绑定" if state == "reported" else "2026-03-02 至 2026-04-01") in warning
        page = browser.submit(path, {"closed_on": today, "unit": "A-1", "amount": "1"}, 422)
        assert page.errors() == {"outside": "成交日不在保护期内；仍要成交请勾选确认"}
        assert (page.values()["unit"], again(referral).closed_on) == ("A-1", None)
        values = {"closed_on": within} if state == "expired" else {"closed_on": today, "outside": "y"}
        values["amount"] = "1"
        assert browser.post(path, values).status_code == 303
        assert again(referral).state == "closed"
        check_invariants()


def test_ch_24_no_deal_while_another_is_bound_and_the_button_says_why(app, channel):
    channel.bound("broker1")
    other = channel.report("broker2")
    entered = channel.enter("broker3")
    db.session.commit()
    browser = Browser(app, "director")
    assert head(browser.page(f"/referrals/{other.id}"))["成交"] == "该客户正在其他经纪人的绑定中"
    assert browser.get(f"/referrals/{other.id}/close").status_code == 409
    assert head(browser.page(f"/referrals/{entered.id}"))["成交"] == "该客户尚未报备"


def test_ch_24_the_administrator_reopens_with_a_reason(app, channel):
    referral = channel.bound("broker1")
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    browser, path = Browser(app, "admin"), f"/referrals/{referral.id}/reopen"
    assert Browser(app, "director").get(path).status_code == 403
    assert browser.submit(path, {"reason": " "}, 422).errors() == {"reason": "此项必填"}
    assert browser.post(path, {"reason": "退房"}).status_code == 303
    assert again(referral).state == "bound"
    assert operations(referral)[-1] == "referral.reopen"
    page = browser.page(f"/referrals/{referral.id}/tab/operations")
    assert "退房" in page.text


def test_ch_24_a_deal_becomes_a_customer(app, channel):
    referral, agent = channel.bound("broker1"), channel.actor("agent").id
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    browser, path = Browser(app, "director"), f"/referrals/{referral.id}/make-customer"
    assert browser.submit(path, {"pool": "personal", "phone": "13800001234"}, 422).errors() == {
        "owner_id": "此项必填"
    }
    page = browser.submit(path, {"pool": "personal", "phone": "13800001235", "owner_id": agent}, 422)
    assert (page.errors(), page.values()["phone"]) == ({"phone": "与报备的号码不符"}, "13800001235")
    assert browser.submit(path, {"pool": "platform", "phone": "13800001234"}, 422).errors() == {
        "handler_id": "此项必填"
    }
    done = browser.post(path, {"pool": "personal", "phone": "138 0000 1234", "owner_id": agent})
    assert (done.status_code, done.location) == (303, f"/referrals/{referral.id}")  # no agent's file for them
    stored = again(referral)
    assert stored.customer_id
    shown = browser.page(f"/referrals/{referral.id}")
    assert facts(shown)["客户档案"] == "已生成，您无权查看"
    assert head(shown)["转为客户"] == "该成交已转为客户"
    file = Browser(app, "admin").page(f"/referrals/{referral.id}")
    assert f"/customers/{stored.customer_id}" in [link["href"] for link in file.all("a")]
    assert browser.get(path).status_code == 409


def test_ch_24_whoever_can_open_the_new_customer_gets_there_and_the_api_answers_it(app, api, channel):
    first, second = channel.bound("broker1"), channel.bound("broker1", "小红", [("139", "5678")])
    for one in (first, second):
        close_referral(one.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    agent = channel.actor("agent").id
    values = {"pool": "personal", "phone": "13800001234", "owner_id": agent}
    done = Browser(app, "admin").post(f"/referrals/{first.id}/make-customer", values)
    assert done.location == f"/customers/{again(first).customer_id}"
    made = api("director").post(f"/referrals/{second.id}/make-customer", {**values, "phone": "13900005678"})
    assert made.status_code == 201
    assert made.get_json()["id"] == again(second).customer_id
    twice = api("director").post(f"/referrals/{second.id}/make-customer", {**values, "phone": "13900005678"})
    assert (twice.status_code, twice.get_json()["code"]) == (409, "referral.has_customer")
