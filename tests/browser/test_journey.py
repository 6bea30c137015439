"""A day's work in a real browser: sign in, create, find, open, reveal (ACC-10, POOL-1, CUST-8, CUST-13).

Whatever the console or the content security policy complains about fails the test.  Pictures of the main
pages go to ``build/screenshots/``.
"""

from __future__ import annotations

import pytest

from tests.support.make import make_customer
from tests.support.web.visits import BOTH_SIZES, SIZES, picture, sign_in, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

PHONE = "13800001234"


def test_create_find_open_reveal(chromium, live, world):
    known = make_customer(world.actor("agent"), name="早已在册", phone="13911110000").id
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto("/customers/")
        page.click("a.js-new")
        drawer = page.frame_locator("dialog.drawer iframe")
        drawer.locator("#name").fill("周先生")
        drawer.locator("#phone").fill("13911110000")
        drawer.locator("#demand-needs").fill("近地铁")
        drawer.locator(".form-bar .btn-primary").click()
        alert = drawer.locator(".form-alert a")
        alert.wait_for()
        assert alert.get_attribute("href") == f"/customers/{known}"
        typed = {
            field: drawer.locator(f"#{field}").input_value() for field in ("name", "phone", "demand-needs")
        }
        assert typed == {"name": "周先生", "phone": "13911110000", "demand-needs": "近地铁"}
        drawer.locator("#phone").fill(PHONE)
        drawer.locator(".form-bar .btn-primary").click()
        page.wait_for_selector("h1:has-text('周先生')")
        _find(page)
        _reveal(page)


def _find(page) -> None:
    """Search by the whole number, and by name."""
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
    """Reveal the number in the drawer; afterwards the page does not show it."""
    page.click("a[data-drawer='查看号码']")
    drawer = page.frame_locator("dialog.drawer iframe")
    drawer.locator("#purpose").fill("预约看房")
    drawer.locator(".form-bar .btn-primary").click()
    shown = drawer.locator("[data-reveal-phone]")
    shown.wait_for()
    assert shown.inner_text() == PHONE
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.drawer[open]", state="detached")
    page.click("a[href='#reveals']")
    page.wait_for_selector("#p-reveals td:has-text('预约看房')")
    assert PHONE not in page.content()


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_the_main_pages_fit_the_screen_and_complain_of_nothing(chromium, live, world, size):
    pk = [make_customer(world.actor("agent"), name=f"客户{number:02d}").id for number in range(24)][-1]
    pages = {
        "workbench": "/", "customers": "/customers/", "customer": f"/customers/{pk}", "new": "/customers/new",
        "todos": "/todos/", "inbox": "/inbox/",
    }  # fmt: skip
    with visiting(chromium, live, size) as page:
        page.goto("/login/")
        picture(page, "login", size)
        sign_in(page, "agent")
        for name, path in pages.items():
            page.goto(path)
            picture(page, name, size)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{name} scrolls sideways by {wide}"
        if size == "desktop":
            page.goto("/customers/")
            bottoms = page.eval_on_selector_all(
                "tbody tr[data-url]", "rows => rows.map(row => row.getBoundingClientRect().bottom)"
            )
            assert sum(bottom <= SIZES[size][1] for bottom in bottoms) >= 10
