"""OFF-15 in a real browser: pictures open in the page and are looked through with the keys."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect

from app.customers.files.services import add_files
from app.kernel.database.session import db
from app.kernel.files.attachments import receive
from tests.support.documents import png
from tests.support.make import make_customer
from tests.support.web.visits import BOTH_SIZES, picture, visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def customer(world) -> int:
    """A customer with a long screenshot and a small picture."""
    agent = world.actor("agent")
    made = make_customer(agent).id
    sent = [
        receive(name, BytesIO(png(size))) for name, size in (("long.png", (300, 4000)), ("b.png", (80, 60)))
    ]
    add_files(made, files=sent, actor=agent)
    db.session.commit()
    return made


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_off_15_pictures_open_in_the_page(chromium, live, customer, size):
    with visiting(chromium, live, size, "agent") as page:
        page.goto(f"/customers/{customer}#files")
        links, box = page.locator("#p-files a[data-picture]"), page.locator("dialog.lb")
        links.filter(has_text="long.png").click()
        shown = box.locator(".lb-stage > img")
        expect(shown).to_have_attribute("alt", "long.png")
        picture(page, "lightbox", size)
        box.get_by_role("button", name="原始大小").click()
        page.wait_for_function("() => document.querySelector('.lb img').naturalHeight === 4000")
        assert shown.bounding_box()["height"] > 1500, "a long screenshot is read by scrolling"
        picture(page, "lightbox-whole", size)
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_attribute("alt", "b.png")
        expect(box.locator("a[download]")).to_have_attribute("href", re.compile("download=1$"))
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_attribute("alt", "long.png")
        page.keyboard.press("Escape")
        expect(box).to_be_hidden()
        expect(links.filter(has_text="long.png")).to_be_focused()
        assert len(page.context.pages) == 1, "no new tab"
