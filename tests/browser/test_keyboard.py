"""The keyboard alone: keys of lists, drawers and menus; the focus is always visible."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.make import make_customer
from tests.support.web.visits import form_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

# The focused element, and whether it looks different than without the focus.
FOCUSED = """async () => {
    const element = document.activeElement, focused = seeing.look(element), visible = element.matches(':focus-visible');
    const place = [...document.querySelectorAll('*')].indexOf(element) + ' ' + element.outerHTML.slice(0, 120);
    if (element === document.body) return [place, true];         // past the last one
    element.blur();
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const plain = seeing.look(element);
    element.focus({focusVisible: true, preventScroll: true});
    return [place, visible && focused !== plain];
}"""


@pytest.fixture
def customer(world) -> str:
    """Return the address of a customer's page."""
    return f"/customers/{make_customer(world.actor('agent'), name='周先生').id}"


def _walk(page, steps: int) -> list[str]:
    """Press Tab; return the elements where the focus is not visible."""
    places = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        places.append(page.evaluate(FOCUSED))
    assert len({place for place, _seen in places}) > steps / 2, "the focus moves"
    return [place for place, seen in places if not seen]


def test_keys_search_make_new_and_close(visit, customer):
    page = visit("agent")
    page.goto("/customers/")
    page.keyboard.press("/")
    expect(page.locator("#f-name")).to_be_focused()
    page.keyboard.type("周/n")
    assert page.input_value("#f-name") == "周/n", "in a field they are letters"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("n")
    form = form_of(page)
    expect(form.locator("#name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).not_to_have_attribute("open", "")
    expect(page.locator("a.js-new")).to_be_attached()
    page.locator("a.js-new").focus()
    page.keyboard.press("Enter")
    form_of(page)
    page.keyboard.press("Escape")
    expect(page.locator("a.js-new")).to_be_focused()  # back at the element of before


def test_keys_walk_tabs_and_menus(visit, customer):
    page = visit("agent")
    page.goto(customer)
    page.focus("[role=tab][aria-selected=true]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#t-operations")).to_be_focused()  # the empty ones are folded
    expect(page.locator("#p-operations")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#p-operations")).to_be_hidden()
    page.focus(".top-user")
    page.keyboard.press("Enter")
    expect(page.locator(".user-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".user-menu")).to_be_hidden()
    expect(page.locator(".top-user")).to_be_focused()


@pytest.mark.parametrize(
    ("path", "steps"),
    [("/", 14), ("/customers/", 34), ("/customers/new", 26), ("/settings/", 26), ("customer", 26)],
)
def test_the_focus_can_always_be_seen(visit, customer, path, steps):
    page = visit("admin")
    page.goto(customer if path == "customer" else path)
    assert not _walk(page, steps)


def test_the_focus_can_be_seen_when_signing_in(visit):
    page = visit("")
    page.goto("/login/")
    assert not _walk(page, 5)
    page.goto("/login/")
    page.locator("#username").focus()
    assert page.evaluate(FOCUSED)[1]
