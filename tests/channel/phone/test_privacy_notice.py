"""CH-3, PLAT-14: the privacy notice on the phone and the versions that people agreed to."""

from __future__ import annotations

import pytest

from app.channel.shared.privacy_notice import NOTICE_VERSION, NOTICE_VERSIONS
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_ch_3_the_privacy_notice_names_its_version(app):
    assert NOTICE_VERSION in Browser(app).page("/m/privacy").text
    links = [a["href"] for a in Browser(app).page("/m/register/visitor").all("a")]
    assert "/m/privacy" in links, "before one signs in"


def test_plat_14_the_notice_says_of_each_kind_what_is_kept_why_and_how_long(app):
    page = Browser(app, locale="en").page("/m/privacy")
    parts = [b.text for b in page.all("b")]
    assert parts == ["What is kept", "Why", "How long"] * (len(parts) // 3)
    kinds = [h.text for h in page.all("h2")]
    assert {"Your account", "Signing in", "Customers that brokers report", "Messages"} <= set(kinds)
    assert len(parts) // 3 == 7


def test_plat_14_the_version_that_a_person_agreed_to_stays_readable(app, channel):
    browser = Browser(app, channel.username("broker1"))
    links = [a["href"] for a in browser.page("/m/me").all("a")]
    assert {"/m/privacy", "/m/privacy/2026-01"} <= set(links)
    for version in NOTICE_VERSIONS:
        page = browser.page(f"/m/privacy/{version}")
        assert version in page.text
        assert bool(page.all("a", href="/m/privacy")) == (version != NOTICE_VERSION)
    assert browser.page("/m/privacy/2026-01").text != browser.page("/m/privacy").text
    assert browser.get("/m/privacy/2020-01").status_code == 404
    assert "/m/privacy" in [a["href"] for a in Browser(app, "onsite").page("/m/staff").all("a")]
