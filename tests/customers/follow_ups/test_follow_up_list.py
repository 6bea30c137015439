"""The list of follow-ups: by those in scope (ACC-5), their words only where the customer can be opened (POOL-18)."""

from __future__ import annotations

import pytest

from app.customers.follow_ups.services import follow_up
from tests.support.make import make_customer, make_member, make_platform_customer
from tests.support.web.person import Browser


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
