"""OFF-16: a slow answer shows a thin line, and the page one is on stays until the answer is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.make import make_customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

LATEST_MS = 100
WAYS = {
    "link": "document.querySelector('.side-nav a[href=\"/todos/\"]').click()",
    "filter": "document.querySelector('[data-filter]').requestSubmit()",
    "row": "document.querySelector('tr[data-url]').dispatchEvent(new Event('dblclick', {bubbles: true}))",
}
# Playwright itself waits for the answer; so the page is asked past it.
SEEN = """new Promise((resolve) => {
  const waits = [];
  const wait = window.setTimeout;
  window.setTimeout = (act, ms) => { waits.push(ms); return wait(act, ms); };
  new MutationObserver(() => {
    const line = document.querySelector('.progress-line');
    if (line) resolve({height: line.offsetHeight, title: document.querySelector('h1').textContent, waits});
  }).observe(document.body, {childList: true});
  %s;
})"""


@pytest.mark.parametrize("way", WAYS)
def test_off_16_a_slow_answer_shows_a_thin_line(visit, world, way):
    make_customer(world.actor("agent"))
    page = visit("agent", fresh=True)
    page.goto("/customers/")
    page.wait_for_load_state("networkidle")
    title, held = page.locator("h1").text_content(), []
    page.route("**/*", lambda route: held.append(route))  # noqa: PLW0108 - a method of a list is not taken
    session = page.context.new_cdp_session(page)
    asked = {"expression": SEEN % WAYS[way], "awaitPromise": True, "returnByValue": True}
    seen = session.send("Runtime.evaluate", asked)["result"]["value"]
    assert seen["title"] == title
    assert 0 < seen["height"] <= 3
    assert 0 < min(seen["waits"]) <= LATEST_MS
    page.unroute("**/*")  # what was held goes on
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator(".progress-line")).to_have_count(0)


def test_off_16_a_file_leaves_no_line_behind(visit, world):
    make_customer(world.actor("agent"))
    page = visit("agent", fresh=True)
    page.clock.install()
    page.goto("/customers/")
    with page.expect_download():
        page.locator("[data-download]").first.evaluate("button => button.click()")
    page.clock.run_for(5_000)
    expect(page.locator(".progress-line")).to_have_count(0)
