"""PLAT-15: whole pages in one language: Chinese by default, English when chosen, data as it is."""

from __future__ import annotations

import re

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.choices import PRICE_TERMS
from tests.support.make import make_customer, make_platform_customer
from tests.support.people.world import PASSWORD, PEOPLE
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
WORD = re.compile(r"[A-Za-z]{3,}")
# Latin letters that are not English text: codes, keys, terms of trade, names of languages, request numbers, user
# names.
NOT_ENGLISH = re.compile(
    rf"CUS\d+|\b(?:{'|'.join(PRICE_TERMS.codes).upper()})\b|Ctrl K|Esc|English|PDF|MB|[0-9a-f]{{32}}|\b(?:{'|'.join(PEOPLE)})\b"
)


@pytest.fixture
def paths(world) -> list[str]:
    """Return every kind of page, with data on it."""
    agent = world.actor("agent")
    demand = {
        "kind": "rent",
        "district_ids": [world.district("锦江区").id],
        "price_min": 2000,
        "rooms_max": 3,
    }
    made = make_customer(
        agent, name="王", demand=demand, source="referral", industry="retail", level="important"
    )
    make_platform_customer(world.actor("manager"), handler_id=agent.id, viewing_booked=True, name="李")
    follow_up(made.id, content="谈", method="phone", actor=agent)
    reveal_phone(made.id, purpose="约", actor=agent)
    update_customer(made.id, version=made.version, values={"country": "中", "level": "normal"}, actor=agent)
    base = f"/customers/{made.id}"
    tabs = [f"{base}/tab/{tab}" for tab in ("follow_ups", "edits", "operations", "reveals")]
    forms = [f"{base}/{form}" for form in ("edit", "follow-up", "reveal-phone", "change-phone")]
    lists = ["/customers/", "/customers/?name=无", "/inbox/", "/todos/"]
    return ["/", "/customers/new", base, *tabs, *forms, *lists, "/nothing", "/operation-log/"]


def _pages(app, username: str, paths: list[str], locale: str):
    browser = Browser(app, username, locale=locale)
    for path in paths:
        yield path, browser.page(path, browser.get(path).status_code)


def test_plat_15_chinese_pages_hold_no_english(app, paths):
    found = {}
    for username in ("agent", "admin"):
        for path, page in _pages(app, username, paths, "zh"):
            texts = [text for text in page.texts() if WORD.search(NOT_ENGLISH.sub("", text))]
            if texts:
                found[path] = texts
    assert not found


def test_plat_15_english_pages_hold_no_chinese_but_data(app, world, paths):
    names = {one.name for part in (world.actors, world.departments, world.districts) for one in part.values()}
    names |= {name[:1] for name in names} | {"王", "李", "谈", "约", "中", "无", "中文"}
    data = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    found = {}
    for username in ("agent", "admin"):
        for path, page in _pages(app, username, paths, "en"):
            texts = [text for text in page.texts() if CHINESE.search(data.sub("", text))]
            if texts:
                found[path] = texts
    assert not found


def test_plat_15_the_page_says_its_language_and_the_switch_changes_it(app):
    browser = Browser(app, "agent")
    assert browser.page("/customers/").one("html")["lang"] == "zh-CN"
    assert (
        browser.post("/language/en", {"next": "/customers/?tab=personal"}).location
        == "/customers/?tab=personal"
    )
    page = browser.page("/customers/")
    assert page.one("html")["lang"] == "en"
    assert page.one("h1").text == "Customers"
    browser.post("/language/xx")
    assert browser.page("/customers/").one("html")["lang"] == "en"


def test_plat_15_a_language_that_is_gone_falls_back_to_chinese(app):
    assert Browser(app, "agent", locale="fr").page("/customers/").one("html")["lang"] == "zh-CN"


def test_plat_15_anonymous_users_may_choose_and_keep_it_when_signing_in(app):
    browser = Browser(app)
    browser.post("/language/en")
    assert browser.page("/login/").one("h1").text == "Welcome"
    browser.post("/login/", {"username": "agent", "password": PASSWORD})
    assert browser.page("/customers/").one("h1").text == "Customers"


def test_plat_15_errors_under_fields_follow_the_readers_language(app):
    for locale, sentence in (("zh", "此项必填"), ("en", "This field is required"), ("zh", "此项必填")):
        page = Browser(app, "agent", locale=locale).submit("/customers/new", {"pool": "personal"}, 422)
        assert page.errors()["name"] == sentence
