"""OFF-5: the board of a list: stages with counts, cards by cursor, moves by operations, scope, statements."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from app.kernel.pages import board
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.person import Browser


def _stages(page) -> dict[str, tuple[str, list[str]]]:
    """Return stage → count and titles of the cards."""
    return {
        one["data-stage"]: (
            one.one("em").text,
            [card.all("a")[0].text for card in one.all("li", class_="kb-card")],
        )
        for one in page.all("section", class_="kb-col")
    }


def _more(page) -> list:
    """Return the links to the next cards."""
    return [one for bar in page.all("div", class_="more-bar") for one in bar.all("a")]


def _moves(browser, pk: int) -> dict[str, tuple[str, str]]:
    """Return stage → address of the operation and reason of a refusal."""
    found = {}
    for one in browser.page(f"/customers/{pk}/moves").all("div"):
        links, buttons = one.all("a"), one.all("button")
        found[one["data-to"]] = (links[0]["href"], "") if links else ("", buttons[0]["title"])
    return found


@pytest.fixture
def agent(app, world) -> Browser:
    return Browser(app, "agent")


@pytest.mark.both
def test_off_5_cards_stand_under_their_stage_within_the_readers_scope(app, world, agent):
    first = make_customer(world.actor("agent"), name="甲先生")
    make_customer(world.actor("agent"), name="乙女士")
    make_customer(world.actor("agent3"), name="别店客户")
    unshelve_customer(first.id, reason="no_need", actor=world.actor("agent"))
    assert _stages(agent.page("/customers/board")) == {
        "pending": ("0", []),
        "following": ("1", ["乙女士"]),
        "off_shelf": ("1", ["甲先生"]),
    }
    found = _stages(Browser(app, "agent3").page("/customers/board"))
    assert [title for _count, titles in found.values() for title in titles] == ["别店客户"]


def test_off_5_filters_and_tabs_of_the_list_hold(world, agent):
    make_customer(world.actor("agent"), name="甲先生")
    make_customer(world.actor("agent"), name="乙女士")
    make_platform_customer(world.actor("agent"), name="甲平台")
    found = _stages(agent.page("/customers/board?name=甲&tab=personal"))
    assert [titles for _count, titles in found.values()] == [[], ["甲先生"], []]
    page = agent.page("/customers/board?name=甲&tab=personal")
    modes = [one["href"] for one in page.one("nav", class_="modes").all("a")]
    assert "/customers/?name=%E7%94%B2&tab=personal" in modes
    assert not agent.page("/customers/board?created_from=never").all("section", class_="kb-col")


def test_off_5_a_stage_goes_on_by_cursor(world, agent, monkeypatch):
    monkeypatch.setattr(board, "CARDS", 3)
    for number in range(7):
        make_customer(world.actor("agent"), name=f"客户{number}")
    page = agent.page("/customers/board?name=客户")
    seen, links = [*_stages(page)["following"][1]], _more(page)
    while links:
        part = agent.page(links[0]["href"])
        seen += [card.all("a")[0].text for card in part.all("li", class_="kb-card")]
        links = _more(part)
    assert seen == [f"客户{number}" for number in reversed(range(7))]
    assert agent.get("/customers/board/nothing").status_code == 404
    assert agent.get("/customers/board/following?after=x").status_code == 422


def test_off_5_counts_are_exact_up_to_their_limit(world, agent, monkeypatch):
    monkeypatch.setattr(board, "MOST", 3)
    for number in range(3):
        make_customer(world.actor("agent"), name=f"客户{number}")
    assert _stages(agent.page("/customers/board"))["following"][0] == "3"
    make_customer(world.actor("agent"))
    assert _stages(agent.page("/customers/board"))["following"][0] == "3+"


def test_off_5_a_card_moves_by_the_operation_that_leads_there(world, agent):
    customer = make_customer(world.actor("agent"))
    moves = _moves(agent, customer.id)
    assert moves["off_shelf"] == (f"/customers/{customer.id}/unshelve?stage=off_shelf", "")
    assert moves["pending"][0] == ""
    assert "待处理" in moves["pending"][1]
    unshelve_customer(customer.id, reason="no_need", actor=world.actor("agent"))
    address = _moves(agent, customer.id)["pending"][0]
    assert address == f"/customers/{customer.id}/shelve?stage=pending"
    assert agent.page(address).values()["follow_status"] == "pending", "the stage is chosen already"
    assert agent.page(address.replace("pending", "nothing")).values()["follow_status"] == "following"


def test_off_5_the_board_refuses_where_the_rule_does_with_its_sentence(app, world, agent):
    """A colleague of the department opens a platform customer and may not unshelve it (POOL-7)."""
    customer = make_platform_customer(world.actor("agent"))
    address, reason = _moves(Browser(app, "agent2"), customer.id)["off_shelf"]
    assert (address, reason) == ("", "只有该客户的负责人或上级可以执行此操作")
    assert Browser(app, "agent2").get(f"/customers/{customer.id}/unshelve").status_code == 403
    assert (
        Browser(app, "agent3").get(f"/customers/{make_customer(world.actor('agent')).id}/moves").status_code
        == 404
    )


def test_off_5_only_the_handler_takes_a_pending_customer_up(app, world, agent):
    customer = make_customer(world.actor("agent"))
    unshelve_customer(customer.id, reason="no_need", actor=world.actor("agent"))
    shelve_customer(customer.id, follow_status="pending", remark="请处理", actor=world.actor("agent"))
    db.session.commit()
    assert _moves(agent, customer.id)["following"][0] == f"/customers/{customer.id}/follow-up?stage=following"
    address, reason = _moves(Browser(app, "manager"), customer.id)["following"]
    assert address == ""
    assert "陈晓雯" in reason


@pytest.mark.parametrize("username", ["agent", "manager", "regional", "admin"])
def test_off_5_a_board_costs_a_statement_for_each_stage_and_one_for_the_counts(app, world, username):
    browser = Browser(app, username)
    for _ in range(4):
        make_customer(world.actor("agent"))
    browser.page("/customers/board")
    costs = []
    for _ in range(2):
        with count_statements(app) as seen:
            browser.page("/customers/board")
        costs.append(list(seen))
        for _more in range(20):
            make_customer(world.actor("agent"))
    assert len(costs[0]) == len(costs[1]) <= 8, costs[1]
    cards = [text for text in costs[1] if "customer.name" in text]
    assert len(cards) == 3, cards
    assert all("LIMIT" in text for text in cards)
