"""CH-27: the settings of channel sales, and functions that are switched off as a whole."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from app.channel.fees.services import create_fee
from app.channel.shared.settings import CHANNEL
from app.kernel.settings.declarations import declared_settings
from app.system.settings.services import change_setting
from tests.support.channel.scene import every, picture
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def switch(channel):
    """Switch a function as the administrator."""

    def to(name: str, value: object) -> None:
        change_setting(name, value=value, actor=channel.admin)

    return to


def _menu(browser: Browser) -> set[str]:
    return {link["href"] for link in browser.page("/").all("a", class_="nav-item")}


def test_ch_27_every_setting_is_on_the_page_with_name_and_help_in_both_languages(app, world):
    ours = [one for one in declared_settings().values() if one.group is CHANNEL]
    assert {"protection_days", "protection_warning_days", "viewing_fees", "channel_ranking"} <= {
        one.name for one in ours
    }
    for locale in ("zh", "en"):
        page = Browser(app, "admin", locale=locale).page("/settings/")
        for one in ours:
            label = page.one("label", for_=one.name, id=f"{one.name}-l").text
            assert bool(CHINESE.search(label)) == (locale == "zh"), label
            described = page.one(id=one.name)["aria-describedby"]
            helped = " ".join(page.one(id=name).text for name in described.split())
            assert bool(CHINESE.search(helped)) == (locale == "zh"), helped


@pytest.mark.parametrize("days", ["0", "3651", "abc"])
def test_ch_27_protection_lasts_1_to_3650_days(app, channel, days):
    admin = Browser(app, "admin")
    page = admin.submit("/settings/", {"seen:protection_days": "30", "protection_days": days}, 422)
    assert set(page.errors()) == {"protection_days"}
    assert page.values()["protection_days"] == days
    assert (
        admin.post("/settings/", {"seen:protection_days": "30", "protection_days": "10"}).status_code == 303
    )
    bound = channel.bound("broker1")
    assert (bound.expires_at - bound.bound_at).days == 10


@pytest.mark.slow
def test_ch_27_without_viewing_fees_page_menu_tab_figure_file_and_api_are_gone(app, channel, switch):
    referral = channel.bound("broker1")
    fee = create_fee(
        referral_id=referral.id, amount=Decimal(300), screenshot=picture(), actor=channel.actor("secretary")
    )
    from app.kernel.files.attachments import Attachment

    (file,) = every(Attachment)
    new, tab = f"/viewing-fees/new?referral_id={referral.id}", f"/referrals/{referral.id}/tab/fees"
    pages = ("/viewing-fees/", f"/viewing-fees/{fee.id}", new)
    calls = ("/viewing-fees", f"/viewing-fees/{fee.id}", f"/referrals/{referral.id}/viewing-fees")
    for is_on, status in ((True, 200), (False, 403), (True, 200)):
        switch("viewing_fees", is_on)
        secretary, api = Browser(app, "secretary"), ApiClient(app, "secretary")
        assert {path: secretary.get(path).status_code for path in pages} == dict.fromkeys(pages, status)
        assert {path: api.get(path).status_code for path in calls} == dict.fromkeys(calls, status)
        assert secretary.post("/viewing-fees/export").status_code == status
        assert secretary.get(tab).status_code == (200 if is_on else 404)
        assert secretary.get(f"/files/{file.id}").status_code == (200 if is_on else 404)
        assert ("/viewing-fees/" in _menu(secretary)) is is_on
        assert bool(secretary.page("/").all("i", class_="fa-coins")) is is_on
        assert (new in secretary.get(f"/referrals/{referral.id}").get_data(as_text=True)) is is_on
        admin = Browser(app, "admin")
        assert admin.get("/viewing-fees/").status_code == status, "nobody is excepted"


def test_ch_27_without_the_ranking_page_menu_funnel_and_api_are_gone(app, channel, switch):
    channel.bound("broker1")
    for is_on, status in ((False, 403), (True, 200)):
        switch("channel_ranking", is_on)
        director, api = Browser(app, "director"), ApiClient(app, "director")
        assert director.get("/channel-ranking/").status_code == status
        assert director.post("/channel-ranking/export").status_code == status
        assert api.get("/reports/channel-ranking").status_code == status
        assert api.get("/reports/channel-ranking/export").status_code == status
        assert ("/channel-ranking/" in _menu(director)) is is_on
        assert bool(director.page("/").all(id="h-funnel")) is is_on


def test_ch_27_signed_in_people_lose_and_get_it_back_at_once(app, channel, switch):
    secretary = Browser(app, "secretary")
    assert secretary.get("/viewing-fees/").status_code == 200
    switch("viewing_fees", False)
    assert secretary.get("/viewing-fees/").status_code == 403
    switch("viewing_fees", True)
    assert secretary.get("/viewing-fees/").status_code == 200
