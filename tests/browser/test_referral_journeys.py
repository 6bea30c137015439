"""Referrals of the back office in a real browser: found, opened, rebound, closed, reopened, printed; every
page fits and can be read (CH-22, CH-23, CH-24, CH-29, PLAT-15).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from app.channel.collisions.rebinding import rebind_referral
from app.channel.fees.services import create_fee
from app.channel.referrals.deals import close_referral
from app.channel.tours.services import follow_tour, record_tour
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.channel.scene import Channel, at
from tests.support.channel.scene import picture as screenshot
from tests.support.web.appearance import chinese, faults
from tests.support.web.visits import BOTH_SIZES, choose, is_phone, operate, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

TABS = ("scans", "tours", "fees", "rebinds", "collisions", "reports", "timeline")
NAMES = ("云锦里", "川流地产", "锦程不动产", "赵一", "钱二", "孙三", "李四", "王小明", "约周末再看", "退房")


@pytest.fixture
def channel(world):
    """The scene of channel sales until yesterday: a customer in dispute, one toured, one sold, one expired
    long ago.
    """
    with at(clock.now() - timedelta(days=1)):
        return Channel(world)


def _dispute(channel):
    """A customer that two brokers brought, toured and paid for, and given to the second."""
    consultant, director = channel.actor("consultant"), channel.actor("director")
    with at(clock.now() - timedelta(hours=9)):
        mine = channel.bound("broker1", needs="Corner shop")
        tour = record_tour(token=mine.qr_token, intention="A", actor=consultant)
        follow_tour(tour.id, content="约周末再看", actor=consultant)
        create_fee(
            referral_id=mine.id,
            amount=Decimal(200),
            screenshot=screenshot(),
            actor=channel.actor("secretary"),
        )
    with at(clock.now() - timedelta(hours=8)):
        other = channel.report("broker2")
        channel.scan(other)
    with at(clock.now() - timedelta(hours=7)):
        rebind_referral(mine.id, broker_id=other.broker_id, reason="退房", actor=director)
        sold = channel.bound("broker1", "小明", [("139", "5678")])
        close_referral(sold.id, closed_on=clock.today(), amount=Decimal(880000), actor=director)
    db.session.commit()
    return mine, other, sold, tour


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_ch_22_to_24_found_rebound_closed_and_reopened(chromium, live, channel, size):
    with at(clock.now() - timedelta(hours=2)):
        referral = channel.bound("broker1")
        channel.report("broker3", "小红", [("139", "5678")])
    db.session.commit()
    with visiting(chromium, live, size, "director") as page:
        page.goto("/referrals/")
        expect(page.locator("[data-count=bound]")).to_have_text("1")
        picture(page, "referrals", size)
        page.locator(".tabs-p a", has_text="已绑定").click()
        if not page.locator("#f-fragment").is_visible():
            page.click("[data-filter-toggle]")
        page.fill("#f-fragment", "1234")
        page.press("#f-fragment", "Enter")
        row = page.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("还剩 30 天")
        if is_phone(page):
            row.locator("a.row-link").click()
        else:
            row.dblclick(position={"x": 5, "y": 5})
        expect(page.locator("h1")).to_contain_text(referral.code)
        picture(page, "referral", size)
        form = operate(page, "修改绑定经纪人")
        choose(form, "broker_id", "钱二")
        form.locator("#reason").fill("钱二先带看")
        picture(page, "rebind", size)
        submit(form)
        expect(page.locator(".head-tags")).to_contain_text("已报备")
        page.click("#t-rebinds")
        page.locator("#p-rebinds tbody a", has_text="R").click()
        expect(page.locator("h1")).not_to_contain_text(referral.code)
        expect(page.locator(".head-tags")).to_contain_text("已绑定")
        form = operate(page, "成交")
        form.locator("#amount").fill("880000")
        form.locator("#unit").fill("3-1-502")
        submit(form)
        expect(page.locator(".head-tags")).to_contain_text("已成交")
        expect(page.locator(".dl-i", has_text="金额")).to_contain_text("880,000")
        picture(page, "deal", size)
        address = page.url
    with visiting(chromium, live, size, "admin") as page:
        page.goto(address)
        form = operate(page, "撤销成交")
        form.locator("#reason").fill("退房")
        submit(form)
        expect(page.locator(".head-tags")).to_contain_text("已绑定")


def test_ch_24_a_deal_outside_the_protection_is_confirmed_and_becomes_a_customer(chromium, live, channel):
    with at(clock.now() - timedelta(hours=2)):
        referral = channel.report("broker1")
    db.session.commit()
    with visiting(chromium, live, "desktop", "director") as page:
        page.goto(f"/referrals/{referral.id}")
        form = operate(page, "成交")
        expect(form.locator(".form-warn")).to_contain_text("从未绑定")
        form.locator("#unit").fill("A-101")
        form.locator("#amount").fill("1880000")
        submit(form)
        expect(form.locator("#outside-err")).to_be_visible()
        picture(page, "close-outside", "desktop")
        form.locator(".switch", has=form.locator("#outside")).click()
        submit(form)
        expect(page.locator(".head-tags")).to_contain_text("已成交")
        form = operate(page, "转为客户")
        form.locator("#phone").fill("13800001234")
        choose(form, "owner_id", "陈晓雯")
        picture(page, "make-customer", "desktop")
        submit(form)
        expect(page.locator(".dl-i", has_text="客户档案")).to_contain_text("已生成")


@pytest.mark.parametrize(("size", "language"), [("desktop", "en"), ("phone", "zh")])
def test_plat_15_the_pages_of_referrals_fit_and_can_be_read(visit, channel, size, language):
    mine, other, sold, tour = _dispute(channel)
    page, found = visit("director", size, language), []

    def look() -> None:
        found.extend(faults(page))
        if language == "en":
            found.extend(chinese(page, NAMES))

    for path in (
        "/referrals/", f"/referrals/?reached=bound&state=bound&broker_id={other.broker_id}", "/scans/",
        "/tours/", f"/tours/{tour.id}#follow_ups", f"/referrals/{sold.id}", f"/referrals/{mine.id}/close",
        f"/referrals/{other.id}/rebind", f"/referrals/{sold.id}/make-customer",
        f"/referrals/{other.id}/evidence",
    ):  # fmt: skip
        page.goto(path)
        if "#" in path:
            page.wait_for_selector("[data-state=loaded]")
        look()
    picture(page, f"evidence-{language}", size)
    page.goto(f"/referrals/{other.id}")
    for tab in TABS:
        page.click(f"#t-{tab}")
        page.wait_for_selector(f"#p-{tab}[data-state=loaded]")
        look()
    picture(page, f"referral-timeline-{language}", size)
    assert found == []


def test_ch_29_the_evidence_on_paper_has_no_buttons_and_is_exported(chromium, live, channel, tmp_path):
    _mine, other, _sold, _tour = _dispute(channel)
    with visiting(chromium, live, "desktop", "secretary") as page:
        page.goto(f"/referrals/{other.id}/evidence")
        page.evaluate("window.print = () => { document.body.dataset.printed = '1'; }")
        page.click("[data-print]")
        expect(page.locator("body")).to_have_attribute("data-printed", "1")
        with page.expect_download() as leaving:
            page.locator(".page-ops button", has_text="导出").click()
        assert other.code in leaving.value.suggested_filename
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1040, "height": 720})
        expect(page.locator(".side")).to_be_hidden()
        expect(page.locator(".page-ops")).to_be_hidden()
        expect(page.locator(".paper-sign")).to_be_visible()
        picture(page, "evidence", "paper")
