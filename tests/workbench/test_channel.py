"""PLAT-8, CH-17, CH-19, CH-25, CH-26: the workbench of channel sales; every figure links to the records that
it counts.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.channel.fees.services import create_fee, void_fee
from tests.support.channel.scene import Channel, at, picture
from tests.support.databases.statements import count_statements
from tests.support.figures import figures, links, table, total
from tests.support.web.pages import Page
from tests.support.web.person import Browser


@pytest.fixture
def market(world):
    """Yesterday two customers, one of them scanned; today three customers, two scans, a collision,
    two fees.
    """
    with at(days=-1):
        channel = Channel(world)
        channel.bound("broker1", "昨天")
        channel.enter("broker2", "昨日")
    with at(hours=1):
        mine = channel.bound("broker1", "今天")
        channel.scan(channel.report("broker2", "今天"))
        channel.enter("broker3", "今日")
        fees = [
            create_fee(
                referral_id=mine.id,
                amount=Decimal(amount),
                screenshot=picture(color),
                actor=channel.actor("secretary"),
            )
            for amount, color in (("300", "red"), ("99", "blue"))
        ]
        void_fee(fees[1].id, reason="重复", actor=channel.actor("director"))
        channel.register("site2", "13900000005", "周五", 1, "company_onsite")
        yield channel


@pytest.mark.both
def test_ch_19_the_director_sees_what_waits_and_todays_figures(app, market):
    browser = Browser(app, "director")
    page = browser.page("/")
    waits = {link["data-work"]: link.one("b").text for link in page.all("a", class_="wait")}
    assert (waits["collisions"], waits["registrations"], waits["todos"]) == ("1", "1", "0")
    assert total(browser, "/collisions/") == total(browser, "/brokers/?tab=pending") == 1
    shown = figures(page)
    assert {icon: number for icon, (number, _url) in shown.items()} == {
        "fa-address-card": "3", "fa-qrcode": "2", "fa-hourglass-half": "0", "fa-coins": "300.00",
    }  # fmt: skip
    for icon in ("fa-address-card", "fa-qrcode", "fa-hourglass-half"):
        number, url = shown[icon]
        assert total(browser, url) == int(number), url
    assert "300.00" in browser.page(shown["fa-coins"][1]).one("tr", class_="sums").text
    changes = [card.one("b", class_="chg").text for card in page.all("a", class_="stat")[:2]]
    assert changes == ["上升 50.0%", "上升 100.0%"]
    assert "王今天" in page.text, "the open collision"


def test_ch_17_protections_that_end_soon_lead_to_their_list(app, market):
    with at(days=27):
        browser = Browser(app, "secretary")
        page = browser.page("/")
        number, url = figures(page)["fa-hourglass-half"]
        assert (number, total(browser, url)) == ("2", 2)
        with at(days=29, hours=2):  # yesterday's protection is over
            browser = Browser(app, "secretary")
            number, url = figures(browser.page("/"))["fa-hourglass-half"]
            assert (number, total(browser, url)) == ("1", 1)


@pytest.mark.parametrize("name", ["director", "secretary"])
def test_plat_8_the_charts_tables_lead_to_what_they_count(app, market, name):
    browser = Browser(app, name)
    page = browser.page("/")
    days = table(page, "trend")
    assert len(days) == 30
    for (day, place), address in links(page, "trend").items():
        if days[day][place] != "0":
            assert total(browser, address) == int(days[day][place]), (day, address)
    funnel = table(page, "funnel")
    assert [numbers[0] for numbers in funnel.values()] == ["5", "3", "2", "0"]
    for (state, _place), address in links(page, "funnel").items():
        assert total(browser, address) == int(funnel[state][0]), (state, address)


def test_plat_8_the_page_asks_a_bounded_number_of_times(app, market):
    for name in ("director", "secretary"):
        browser = Browser(app, name)
        costs = []
        for more in range(2):
            browser.page("/")
            with count_statements(app) as seen:
                browser.page("/")
            costs.append(len([one for one in seen if not one.startswith("BEGIN")]))
            for number in range(6 * (1 - more)):
                channel = market
                channel.bound("broker1", f"客{name}{number}")
                channel.scan(channel.report("broker2", f"客{name}{number}"))
        assert costs[0] == costs[1] <= 14


def test_acc_7_those_who_do_not_run_channel_sales_have_none_of_it(app, market):
    for name in ("onsite", "consultant", "agent", "broker"):
        browser = Browser(app, name)
        answer = browser.get("/")
        if answer.status_code == 302:  # they have only the phone pages
            assert answer.location.startswith("/m/")
            continue
        page = Page(answer)
        assert not page.all("a", href="/collisions/")
        assert not page.all(id="h-funnel")
    assert "collisions" in [
        link["data-work"] for link in Browser(app, "admin").page("/").all("a", class_="wait")
    ]
