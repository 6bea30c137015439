"""A day's work in a real browser: sign in, create, find, open, reveal (ACC-10, POOL-1, CUST-8, CUST-13).

Whatever the console or the content security policy complains about fails the test.  Pictures of the main
pages go to ``build/screenshots/``.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from tests.support.make import make_customer
from tests.support.sources import ROOT
from tests.support.world import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
PICTURES = ROOT / "build" / "screenshots"
PHONE = "13800001234"


@contextmanager
def visiting(chromium, live: str, size: str):
    """A page of a new visitor; what the browser complained about meanwhile is an error."""
    width, height = SIZES[size]
    context = chromium.new_context(
        base_url=live, viewport={"width": width, "height": height}, locale="zh-CN", has_touch=size == "phone"
    )
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(m.text) if _is_bad(m) else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert not complaints


def _is_bad(message) -> bool:
    """Errors and violations; the browser's own note that a form was refused (4xx) is none."""
    refused = "Failed to load resource" in message.text and any(
        f"status of {n}" in message.text for n in (409, 422)
    )
    return message.type in {"error", "warning"} and not refused


def _sign_in(page) -> None:
    page.goto("/")
    page.fill("#username", "agent")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector(".side-nav", state="attached")


def _picture(page, name: str, size: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}-{size}.png")


def test_create_find_open_reveal(chromium, live, world):
    known = make_customer(world.actor("agent"), name="早已在册", phone="13911110000").id
    with visiting(chromium, live, "desktop") as page:
        _sign_in(page)
        page.goto("/customers/")
        page.click("a.js-new")
        drawer = page.frame_locator("dialog.drawer iframe")
        drawer.locator("#name").fill("周先生")
        drawer.locator("#phone").fill("13911110000")
        drawer.locator("#demand-needs").fill("近地铁")
        drawer.locator("button[type=submit]").click()
        alert = drawer.locator(".form-alert a")
        alert.wait_for()
        assert alert.get_attribute("href") == f"/customers/{known}"
        typed = {
            field: drawer.locator(f"#{field}").input_value() for field in ("name", "phone", "demand-needs")
        }
        assert typed == {"name": "周先生", "phone": "13911110000", "demand-needs": "近地铁"}
        drawer.locator("#phone").fill(PHONE)
        drawer.locator("button[type=submit]").click()
        page.wait_for_selector("h1:has-text('周先生')")
        _find(page)
        _reveal(page)


def _find(page) -> None:
    """By whole number, and by name."""
    for field, text in (("phone", "138 0000 1234"), ("name", "周先")):
        page.goto("/customers/")
        page.fill(f"#f-{field}", text)
        page.press(f"#f-{field}", "Enter")
        page.wait_for_url("**/customers/?*")
        assert page.locator("tbody tr[data-url]").count() == 1
        assert PHONE not in page.content()
    page.click("tbody a.row-link")
    page.wait_for_selector("h1:has-text('周先生')")


def _reveal(page) -> None:
    """The number is shown in the drawer, and nowhere after it."""
    page.click("a[data-drawer='查看号码']")
    drawer = page.frame_locator("dialog.drawer iframe")
    drawer.locator("#purpose").fill("预约看房")
    drawer.locator("button[type=submit]").click()
    shown = drawer.locator("[data-reveal-phone]")
    shown.wait_for()
    assert shown.inner_text() == PHONE
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.drawer[open]", state="detached")
    assert PHONE not in page.content()
    page.click("a[href='#reveals']")
    page.wait_for_selector("#p-reveals td:has-text('预约看房')")


@pytest.mark.parametrize("size", SIZES)
def test_the_main_pages_fit_the_screen_and_complain_of_nothing(chromium, live, world, size):
    pk = [make_customer(world.actor("agent"), name=f"客户{number:02d}").id for number in range(24)][-1]
    pages = {
        "workbench": "/", "customers": "/customers/", "customer": f"/customers/{pk}", "new": "/customers/new",
        "todos": "/todos/", "inbox": "/inbox/",
    }  # fmt: skip
    with visiting(chromium, live, size) as page:
        page.goto("/login/")
        _picture(page, "login", size)
        _sign_in(page)
        for name, path in pages.items():
            page.goto(path)
            _picture(page, name, size)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{name} scrolls sideways by {wide}"
        if size == "desktop":
            page.goto("/customers/")
            bottoms = page.eval_on_selector_all(
                "tbody tr[data-url]", "rows => rows.map(row => row.getBoundingClientRect().bottom)"
            )
            assert sum(bottom <= SIZES[size][1] for bottom in bottoms) >= 10
