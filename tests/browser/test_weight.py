"""OFF-13: what a page weighs when nothing of it is in the browser yet, and what comes later only."""

from __future__ import annotations

import threading

import pytest
from flask import request, request_started

from app.cli.assets import FILES
from app.kernel.pages.assets import STATIC, VENDOR, short_name
from tests.conftest import leave_out
from tests.support.make import make_customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

MAX_BYTES, MAX_REQUESTS = 200_000, 8
SHORTENED = (STATIC / VENDOR / short_name("office.js")).exists()
DRAWN = all((STATIC / VENDOR / name).exists() for name in FILES)


class _Loaded:
    """What a page loads, from a browser that has nothing yet; bytes as they travel, heads included."""

    def __init__(self, page) -> None:
        self.bytes: dict[str, float] = {}
        addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        session.on(
            "Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]})
        )
        session.on("Network.requestServedFromCache", lambda e: addresses.pop(e["requestId"], None))
        session.on("Network.loadingFinished", lambda e: self._add(addresses.get(e["requestId"]), e))

    def _add(self, address, event) -> None:
        if address and address.startswith("http"):
            self.bytes[address] = event["encodedDataLength"]

    def __str__(self) -> str:
        lines = [
            f"{size:9.0f} {address}" for address, size in sorted(self.bytes.items(), key=lambda one: -one[1])
        ]
        return "\n".join([f"{len(lines)} requests, {sum(self.bytes.values()):.0f} bytes:", *lines])


@pytest.fixture
def customers(world) -> list:
    """Return a page of customers."""
    return [make_customer(world.actor("agent"), name=f"李{number:02d}") for number in range(20)]


def test_off_13_a_cold_list_is_light(visit, customers):
    if not SHORTENED:
        leave_out("the short forms were not made (make assets)")
    page = visit("agent", fresh=True)
    loaded = _Loaded(page)
    page.goto("/customers/")
    page.wait_for_load_state("networkidle")
    assert page.locator(".list-card tbody tr").count() >= 20
    assert sum(loaded.bytes.values()) <= MAX_BYTES, str(loaded)
    assert len(loaded.bytes) <= MAX_REQUESTS, str(loaded)
    assert any("office-" in address for address in loaded.bytes), str(loaded)


def test_off_13_charts_come_when_they_are_seen(visit, customers):
    if not DRAWN:
        leave_out("the chart library was not fetched (make assets)")
    page = visit("agent")
    page.set_viewport_size({"width": 1366, "height": 200})
    loaded = _Loaded(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [address for address in loaded.bytes if "echarts" in address], str(loaded)
    page.locator("[data-chart-box=trend]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-chart=trend] svg")
    assert [address for address in loaded.bytes if "echarts" in address], str(loaded)


def test_off_13_a_record_is_fetched_while_the_pointer_rests_on_it(app, visit, customers):
    page = visit("agent")
    page.goto("/customers/")
    page.wait_for_load_state("networkidle")  # then nothing moves away from under the pointer
    link = page.locator(".list-card .c-title a").first
    wanted, came, asked = link.get_attribute("href"), threading.Event(), []

    def look(_sender) -> None:
        if request.path == wanted:
            asked.append("HX-Preloaded" in request.headers)
            came.set()

    with request_started.connected_to(look, app):
        link.hover()
        assert came.wait(10)
        link.click()
        page.wait_for_url(f"**{wanted}")
    assert asked == [True], "what was fetched ahead is what is shown"
