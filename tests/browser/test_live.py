"""OFF-9 in a real browser: counts and lists follow, and a page that nobody looks at asks nothing."""

from __future__ import annotations

import time
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.pages import live as live_pages
from app.notices.services import notify
from tests.support.make import make_customer
from tests.support.web.visits import SIZES, picture, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def soon(monkeypatch):
    """Let pages ask every second instead of every 20 seconds."""
    monkeypatch.setattr(live_pages, "EVERY_SECONDS", 1)


@transactional
def _tell(world, who: str) -> None:
    notify(world.actor(who).id, "New customer to handle: %(name)s", name="王小明")


def test_off_9_a_badge_follows_without_a_reload(visit, soon, world):
    page = visit("agent", fresh=True)
    page.goto("/todos/")
    page.evaluate("window.stayed = true")
    badge = page.locator("header [data-badge=notifications]")
    expect(badge).to_be_hidden()
    _tell(world, "agent")
    db.session.remove()
    expect(badge).to_have_text("1")
    expect(badge.locator("xpath=..")).to_have_attribute("aria-label", "消息通知：1 条未读")
    assert page.evaluate("window.stayed")


@pytest.mark.parametrize("size", SIZES)
def test_off_9_new_records_are_offered_and_the_selection_stays(visit, soon, world, size):
    agent = world.actor("agent")
    pk = make_customer(agent, name="郑先生").id
    db.session.remove()
    page = visit("agent", size, fresh=True)
    page.goto("/customers/")
    page.check(f".js-pick[value='{pk}']")
    make_customer(agent, name="王大力")
    db.session.remove()
    offer = page.locator("[data-live-offer]")
    expect(offer).to_have_text("1 条新记录，点击刷新")
    assert page.locator("tbody tr").count() == 1, "nothing jumps under the hand"
    picture(page, "live-offer", size)
    offer.click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(f".js-pick[value='{pk}']")).to_be_checked()
    expect(page.locator("[data-sel-text]")).to_contain_text("1")
    expect(offer).to_have_count(0)


def test_off_9_a_hidden_tab_asks_nothing_and_one_that_is_signed_out_stops(visit, soon, world):
    page = visit("agent", fresh=True)
    asked = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if urlsplit(request.url).path == "/live/" else None,
    )
    page.goto("/todos/")
    with page.expect_response("**/live/**"):
        pass
    hide = "on => { Object.defineProperty(document, 'hidden', {get: () => on, configurable: true});"
    page.evaluate(f"({hide} document.dispatchEvent(new Event('visibilitychange')); }})(true)")
    page.wait_for_timeout(200)  # what was under way ends
    before = len(asked)
    page.wait_for_timeout(1800)
    assert len(asked) == before
    page.evaluate(f"({hide} document.dispatchEvent(new Event('visibilitychange')); }})(false)")
    with page.expect_response("**/live/**"):
        pass
    page.context.clear_cookies()
    with page.expect_response(lambda answer: "/live/" in answer.url and answer.status == 302):
        pass
    stopped = len(asked)
    page.wait_for_timeout(1800)
    assert len(asked) == stopped


def test_off_9_a_page_backs_off_while_the_server_is_away(chromium, live, soon, world):
    """A failed request is a line in the browser's console, so that this visitor is not one of the others."""
    db.session.rollback()
    page = chromium.new_context(base_url=live, locale="zh-CN").new_page()
    sign_in(page, "agent")
    moments = []
    page.route("**/live/**", lambda route: (moments.append(time.monotonic()), route.abort()))
    page.goto("/todos/")
    page.wait_for_timeout(8500)
    page.context.close()
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert len(pauses) == 2
    assert pauses[0] > 1.8
    assert pauses[1] > pauses[0] * 1.6
