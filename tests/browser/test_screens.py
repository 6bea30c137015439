"""Every page on a phone, at a desk and on a big screen, in Chinese and in English: nothing is outside the
screen, everything can be read, every field has a label and every button a name (PLAT-15).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.customers.labels.models import Tag
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.appearance import chinese, faults
from tests.support.web.visits import BOTH_SIZES, SIZES, form_of, is_phone, picture, speak, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

DESK, BIG = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
BESIDES = ("/customers/new", "/account/password", "/account/second-factor", "/customers/999999")


@pytest.fixture
def full(world) -> str:
    """Return the address of a customer's page; the list has customers with Latin names, one of them
    overdue.
    """
    made = [make_customer(world.actor("agent"), name=f"Smith {number:02d}") for number in range(24)]
    made[-1].next_contact_at = clock.now() - timedelta(days=2)
    db.session.commit()
    return f"/customers/{made[-1].id}"


def _menu(page) -> list[str]:
    """Return the addresses of the menu."""
    page.goto("/")
    links = page.eval_on_selector_all(".side-nav a", "links => links.map(link => link.getAttribute('href'))")
    assert len(links) >= 5
    return links


def _walk(page, language: str, more: tuple[str, ...]) -> list[str]:
    """Return the faults of every page of the menu, and of some more; names of tags are data."""
    tags = db.session.scalars(select(Tag.name)).all()
    db.session.rollback()  # an open transaction would keep the server from writing
    found = []
    for path in (*_menu(page), *BESIDES, *more):
        page.goto(path)
        page.wait_for_load_state()
        found += faults(page) + ([] if language == "zh" else chinese(page, tags))
        if not is_phone(page):
            page.set_viewport_size(BIG)
            found += faults(page, ("sideways", "contrast"))
            page.set_viewport_size(DESK)
    return found


@pytest.mark.parametrize(
    ("username", "language", "size"),
    [
        ("admin", "zh", "desktop"),
        ("admin", "en", "phone"),
        ("agent", "zh", "phone"),
        ("agent", "en", "desktop"),
    ],
)
def test_plat_15_every_page_fits_and_can_be_read(visit, full, username, language, size):
    assert not _walk(visit(username, size, language), language, (full,))


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_sign_in_fits_and_can_be_read(visit, size):
    page = visit("", size)
    page.goto("/login/")
    page.fill("#username", "nobody")
    page.fill("#password", "wrong")
    page.press("#password", "Enter")
    expect(page.locator(".toast-danger")).to_be_visible()
    assert not faults(page)


def test_a_list_fills_a_big_screen(visit, full):
    page = visit("agent")
    page.set_viewport_size(BIG)
    page.goto("/customers/")
    boxes = {name: page.locator(name).bounding_box() for name in (".list-card", ".tbl", ".tfoot", ".filter")}
    assert all(box["x"] + box["width"] > BIG["width"] - 24 for box in boxes.values()), boxes
    rows = page.eval_on_selector_all(
        "tbody tr[data-url]", "rows => rows.map(row => row.getBoundingClientRect().bottom)"
    )
    assert sum(bottom <= boxes[".tfoot"]["y"] + 1 for bottom in rows) >= 18
    picture(page, "customers", "big")


def test_on_a_phone_rows_are_cards_the_menu_opens_and_a_form_works(visit, full):
    page = visit("agent", "phone")
    page.goto("/customers/")
    card, other = (page.locator("tbody tr").nth(number).bounding_box() for number in (0, 1))
    assert card["width"] > SIZES["phone"][0] * 0.9
    assert other["y"] >= card["y"] + card["height"], "one under the other"
    expect(page.locator("thead")).to_be_hidden()
    expect(page.locator(".side")).not_to_be_in_viewport()
    page.click(".top [data-side-toggle]")
    expect(page.locator(".side")).to_be_in_viewport()
    picture(page, "menu", "phone")
    page.click(".side-nav a[href='/todos/']")
    expect(page.locator("h1")).to_have_text("待办事项")
    page.goto("/customers/")
    page.click("a.js-new")
    form = form_of(page)
    form.locator("#name").fill("周先生")
    form.locator("#phone").fill("13800001234")
    form.locator("#kind").select_option("individual")  # the phone's own chooser
    small = page.eval_on_selector_all(
        ".form-bar .btn, #name, #kind",
        "all => all.filter(one => one.getBoundingClientRect().height < 44).length",
    )
    assert not small, "targets of a finger"
    submit(form)
    expect(page.locator("h1")).to_have_text("周先生")
    assert not faults(page)


def test_plat_15_the_language_is_switched_in_the_head_of_the_page(visit):
    page = visit("admin", fresh=True)
    page.goto("/customers/")
    expect(page.locator("h1")).to_have_text("客户管理")
    speak(page, "en")
    assert page.url.endswith("/customers/"), "where one was"
    expect(page.locator("h1")).to_have_text("Customers")
    picture(page, "customers", "english")
    speak(page, "zh")
    expect(page.locator("h1")).to_have_text("客户管理")
