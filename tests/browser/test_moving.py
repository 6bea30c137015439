"""OFF-16: moving between pages replaces the content only, and the page one is on stays until the answer is
there.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.kernel.pages.assets import STATIC, VENDOR
from tests.conftest import leave_out
from tests.support.make import make_customer
from tests.support.web.visits import form_of, sign_in, speak, submit

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


ROWS = ".list-card tbody tr[data-url]"
CONTENT_CAME = """() => new Promise((resolve) => {
  document.addEventListener('kepan:content', () => requestAnimationFrame(resolve), {once: true});
})"""


def _is_the_same_document(page) -> bool:
    return page.evaluate("window.isTheSame === true")


def _mark_document(page) -> None:
    page.evaluate("window.isTheSame = true")


@pytest.fixture
def customers(world) -> list:
    """Return more customers than a window shows."""
    return [make_customer(world.actor("agent"), name=f"李{number:02d}") for number in range(30)]


@pytest.fixture
def refused_page(chromium, live, world):
    """Return a page whose requests may be refused: the browser's own note of that is no complaint."""
    context = chromium.new_context(base_url=live, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    page.set_default_timeout(15_000)
    sign_in(page, "agent")
    yield page
    context.close()
    assert not complaints


def test_off_16_menu_list_filter_record_and_back(visit, customers):
    page = visit("agent")
    page.goto("/todos/")
    _mark_document(page)
    page.click(".side-nav a[href='/customers/']")
    expect(page).to_have_title(re.compile("^客户管理"))
    expect(page.locator(".side-nav [aria-current=page]")).to_have_text(["客户管理"])
    expect(page.locator(".crumb")).to_have_text(re.compile(r"^\s*客户管理\s*$"))
    page.fill("#f-name", "李")
    page.press("#f-name", "Enter")
    page.wait_for_url("**name=**")
    expect(page.locator("#f-name")).to_have_value("李")
    expect(page.locator("#f-name")).to_be_focused()
    page.locator(".list-card .twrap").evaluate("box => box.scrollTo(0, 250)")
    row = page.locator(f"{ROWS} a.row-link").nth(12)
    name = row.inner_text()
    row.click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page).to_have_title(re.compile(f"^{name}"))
    expect(page.locator(".crumb li").last).to_have_text(name)
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(20)
    expect(page.locator("#f-name")).to_have_value("李")
    assert page.locator(".list-card .twrap").evaluate("box => box.scrollTop") == 250
    page.go_forward()
    expect(page.locator("h1")).to_have_text(name)
    page.click("[data-back]")
    page.wait_for_url("**name=**")
    assert page.locator(".list-card .twrap").evaluate("box => box.scrollTop") == 250
    assert _is_the_same_document(page)


def test_off_16_a_long_page_and_the_tab_of_a_record_come_back_as_they_were_left(visit, customers):
    page = visit("agent", size="phone")
    page.goto(f"/customers/{customers[0].id}")
    _mark_document(page)
    tab = page.locator("[role=tab]").nth(1)
    tab.click()
    page.wait_for_selector("[role=tabpanel]:not([hidden])[data-state=loaded]")
    page.evaluate("window.scrollTo(0, 60)")
    top = page.evaluate("window.scrollY")
    page.locator(".crumb a").first.evaluate("link => link.click()")
    expect(page.locator(ROWS)).to_have_count(20)
    assert page.evaluate("window.scrollY") == 0
    page.go_back()
    expect(tab).to_have_attribute("aria-selected", "true")
    page.wait_for_function(f"window.scrollY === {top}")
    assert _is_the_same_document(page)


def test_off_16_sorting_paging_and_tabs_keep_the_frame_and_leave_nothing_behind(visit, customers):
    page = visit("agent")
    page.goto("/customers/")
    _mark_document(page)
    layers = page.evaluate("document.body.children.length")
    for place in (
        ".pager-u a[rel=next]",
        "th[data-key] a >> nth=0",
        ".tabs-p a >> nth=1",
        ".icon-btn[href] >> nth=-1",
    ):
        came = page.evaluate_handle(f"() => ({{done: ({CONTENT_CAME})()}})")
        page.locator("#f-follow_status + .select2 .select2-selection").click()  # its list lies on the page
        page.keyboard.press("Escape")
        page.locator(place).click()
        came.evaluate("came => came.done")
        expect(page.locator(".select2-container--open")).to_have_count(0)
        assert page.evaluate("document.body.children.length") == layers
    assert _is_the_same_document(page)


def test_off_16_after_a_deed_in_the_drawer_the_list_stays_where_it_was(visit, customers):
    page = visit("agent")
    page.goto("/customers/")
    _mark_document(page)
    box = page.locator(".list-card .twrap")
    box.evaluate("box => box.scrollTo(0, 200)")
    row = page.locator(ROWS).nth(10)
    name = row.locator("a.row-link").inner_text()
    row.locator("a.op", has_text="写跟进").click()
    form = form_of(page)
    form.locator("textarea").first.fill("周末看房")
    submit(form)
    expect(page.locator(".toast-success")).to_contain_text(name)
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(ROWS).filter(has_text=name).locator("[data-key=last_follow_up_at]")).not_to_have_text(
        "—"
    )
    assert box.evaluate("box => box.scrollTop") == 200
    assert _is_the_same_document(page)


def test_off_16_typed_text_asks_before_it_is_left(visit, customers):
    page = visit("agent")
    page.goto("/customers/")
    _mark_document(page)
    page.locator(".js-new").evaluate("link => { delete link.dataset.drawer; link.click(); }")
    page.fill("#name", "欧阳")
    for leave in (lambda: page.click(".side-nav a[href='/todos/']"), page.go_back):
        leave()
        page.click("#ask-box [data-ask-no]")
        expect(page).to_have_url(re.compile("/customers/new$"))
        expect(page.locator("#name")).to_have_value("欧阳")
    page.go_back()
    page.click("#ask-box [data-ask-yes]")
    expect(page.locator(ROWS)).to_have_count(20)
    assert _is_the_same_document(page)


def test_off_16_a_refusal_keeps_the_frame_and_the_way_back(refused_page, customers):
    page = refused_page
    page.goto("/customers/")
    _mark_document(page)
    row = page.locator(f"{ROWS} a.row-link").first
    row.evaluate("link => { link.href = '/customers/987654'; }")
    row.click()
    expect(page.locator(".page .err-code")).to_have_text("404")
    expect(page.locator(".side-nav")).to_be_visible()
    expect(page).to_have_url(re.compile("/customers/987654$"))
    page.click("[data-history-back]")
    expect(page.locator(ROWS)).to_have_count(20)
    assert _is_the_same_document(page)


@pytest.mark.parametrize("fault", ["abort", "crash"])
def test_off_16_an_error_keeps_the_page_and_says_so(refused_page, customers, fault):
    page = refused_page
    page.goto("/customers/")
    _mark_document(page)
    page.click(".side-nav a[href='/todos/']")
    expect(page).to_have_title(re.compile("^待办"))
    page.route(
        "**/customers/",
        lambda route: route.abort() if fault == "abort" else route.fulfill(status=500, body="crash"),
    )
    page.click(".side-nav a[href='/customers/']")
    expect(page.locator(".toast-danger")).to_have_count(1)
    expect(page).to_have_title(re.compile("^待办"))
    expect(page).to_have_url(re.compile("/todos/$"))
    page.go_back()
    expect(page.locator(".toast-danger")).to_have_count(2)
    expect(page).to_have_url(re.compile("/todos/$"))
    expect(page.locator(".progress-line")).to_have_count(0)
    page.unroute("**/customers/")
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(20)
    assert _is_the_same_document(page)


def test_off_16_who_is_signed_out_meets_the_whole_sign_in_page_and_comes_back(refused_page, customers):
    page = refused_page
    page.goto("/todos/")
    page.context.clear_cookies()
    page.click(".side-nav a[href='/customers/']")
    page.wait_for_selector("body.is-login")
    expect(page.locator(".side-nav")).to_have_count(0)
    sign_in_again = page.url
    assert "next=" in sign_in_again
    assert "customers" in sign_in_again


def test_off_16_a_frame_in_another_language_is_loaded_anew_at_the_wanted_address(visit, customers):
    page = visit("agent", fresh=True)
    page.goto("/todos/")
    other = page.context.new_page()
    other.goto("/todos/")
    speak(other, "en")
    page.click(".side-nav a[href='/customers/']")
    page.wait_for_url("**/customers/")
    page.wait_for_selector("html[lang=en]", state="attached")
    expect(page.locator(".side-nav [aria-current=page]")).to_have_text(["Customers"])


def test_off_16_charts_are_drawn_after_a_move(visit, customers):
    if not (STATIC / VENDOR / "echarts.min.js").exists():
        leave_out("the chart library was not fetched (make assets)")
    page = visit("agent")
    page.goto("/todos/")
    _mark_document(page)
    for _again in range(2):
        page.click(".side-nav a[href='/']")
        page.wait_for_selector("[data-chart=trend] svg")
        page.click(".side-nav a[href='/todos/']")
        expect(page.locator("[data-chart]")).to_have_count(0)
    assert _is_the_same_document(page)


def test_off_16_a_modified_click_opens_a_tab_of_its_own(visit, customers):
    page = visit("agent")
    page.goto("/todos/")
    with page.context.expect_page() as opened:
        page.click(".side-nav a[href='/customers/']", modifiers=["Control"])
    expect(opened.value.locator(ROWS)).to_have_count(20)
    expect(page).to_have_url(re.compile("/todos/$"))
