"""OFF-14: lists and records on paper: all rows, no pinned column, no address behind a link, what was asked for and
when.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel import clock
from app.kernel.database.session import db
from tests.support import make
from tests.support.web.visits import picture, visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
_PAPER = {"width": 1040, "height": 720}  # A4, landscape
_PINNED = """() => [...document.querySelectorAll('.tbl th, .tbl td')]
  .filter((cell) => !['static', 'relative'].includes(getComputedStyle(cell).position)).length"""
_ADDRESSES = """() => [...document.querySelectorAll('a[href]')]
  .filter((link) => !['none', 'normal'].includes(getComputedStyle(link, '::after').content)
    && getComputedStyle(link, '::after').content.includes('/')).length"""
_CUT = """() => [...document.querySelectorAll('body, .main, .page, .list-card, .twrap')]
  .filter((box) => getComputedStyle(box).overflowY !== 'visible' || box.scrollHeight > box.clientHeight + 1)
  .map((box) => box.className)"""


def on_paper(page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size(_PAPER)


def test_off_14_a_list_prints_all_rows_its_filter_in_words_and_the_date(chromium, live, world):
    agent = world.actor("agent")
    for number in range(30):
        make.make_customer(agent, name=f"客户{number}")
    db.session.commit()
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto("/customers/?page_size=50&name=客户&pool=personal&created_from=2020-01-01")
        expect(page.locator(".on-paper")).to_be_hidden()
        on_paper(page)
        picture(page, "list", "paper")
        said = page.locator(".on-paper").inner_text()
        for words in ("客户", "个人客户", "2020-01-01 – …", f"打印时间：{clock.today().isoformat()}"):
            assert words in said, words
        assert page.locator(".tbl tbody tr").count() == 30
        assert page.evaluate(_PINNED) == 0
        assert page.evaluate(_ADDRESSES) == 0
        assert page.evaluate(_CUT) == []
        for gone in (".side", ".filter", ".tbar", ".pager-u"):
            expect(page.locator(gone).first).to_be_hidden()


def test_off_14_a_record_prints_its_facts_and_the_date(chromium, live, world):
    made = make.make_customer(world.actor("agent"), name="林小满").id
    db.session.commit()
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{made}")
        on_paper(page)
        picture(page, "record", "paper")
        expect(page.locator(".on-paper")).to_contain_text(clock.today().isoformat())
        expect(page.locator(".page-ops")).to_be_hidden()
        expect(page.locator(".dl").first).to_be_visible()
        assert page.evaluate(_ADDRESSES) == 0
        assert page.evaluate(_CUT) == []
