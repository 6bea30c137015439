"""The list of follow-ups: by those in scope (ACC-5), their words only where the customer can be opened (POOL-18)."""

from __future__ import annotations

import pytest

from app.customers.follow_ups.services import follow_up
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_member, make_platform_customer
from tests.support.web.person import Browser

pytestmark = pytest.mark.both


def _write(world, customer, name, content="谈过了"):
    return follow_up(customer.id, content=content, method="phone", actor=world.actor(name))


def _rows(page) -> list[str]:
    return [row.text for row in page.one("tbody").all("tr")] if page.all("tbody") else []


@pytest.fixture
def spoken(world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    mine, west = make_customer(agent, name="城东客户"), make_customer(agent3, name="城西客户")
    _write(world, mine, "agent", "城东的话")
    _write(world, west, "agent3", "城西的话")
    make_member(west, agent)
    _write(world, west, "agent", "帮忙的话")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("agent", {"城东的话", "帮忙的话"}),
        ("agent2", set()),
        ("agent3", {"城西的话"}),
        ("manager", {"城东的话"}),
        ("regional", {"城东的话", "帮忙的话", "城西的话"}),
        ("admin", {"城东的话", "帮忙的话", "城西的话"}),
        ("auditor", {"城东的话", "帮忙的话", "城西的话"}),
        ("other_agent", set()),
    ],
)
def test_acc_5_follow_ups_of_those_in_scope(app, world, spoken, name, said):
    text = " ".join(_rows(Browser(app, name).page("/follow-ups/")))
    assert {words for words in ("城东的话", "城西的话", "帮忙的话") if words in text} == said


def test_pool_18_of_a_customer_out_of_reach_neither_name_nor_words_are_told(app, world, spoken):
    rows = _rows(Browser(app, "manager").page("/follow-ups/"))
    assert len(rows) == 2
    [hidden] = [row for row in rows if "城东" not in row]
    assert world.actor("agent").name in hidden
    assert "城西客户" not in hidden
    assert "帮忙的话" not in hidden


def test_pool_18_a_private_holders_words_are_for_the_holder_and_those_above(app, world):
    held = make_platform_customer(world.actor("agent"), state="private", name="私盘")
    _write(world, held, "agent", "私下的话")
    assert "私下的话" in " ".join(_rows(Browser(app, "manager").page("/follow-ups/")))
    assert _rows(Browser(app, "agent2").page("/follow-ups/")) == []


def test_filters_by_who_method_and_day(app, world, spoken):
    browser = Browser(app, "admin")
    author = world.actor("agent3").id
    assert len(_rows(browser.page(f"/follow-ups/?author_id={author}"))) == 1
    assert len(_rows(browser.page("/follow-ups/?method=visit"))) == 0
    assert len(_rows(browser.page("/follow-ups/?created_from=2000-01-01"))) == 3
    assert len(_rows(browser.page("/follow-ups/?created_to=2000-01-01"))) == 0


def test_acc_7_outside_people_have_no_such_list(app, world):
    for name in ("broker", "brokersite", "visitor"):
        assert Browser(app, name).get("/follow-ups/").status_code == 403


def test_the_list_asks_the_same_number_of_times_whatever_its_rows(app, world):
    browser = Browser(app, "manager")
    customer = make_customer(world.actor("agent"))
    counts = []
    for number in (1, 12):
        for _ in range(number):
            _write(world, customer, "agent")
        browser.page("/follow-ups/")
        with count_statements(app) as seen:
            browser.page("/follow-ups/")
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 9, counts
