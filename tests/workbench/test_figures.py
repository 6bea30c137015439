"""PLAT-8: the workbench's figures are real, of the actor's scope, and each links to the list that it was
counted from.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.customers.shared.follow_ups import FollowUp
from app.kernel import clock
from app.kernel.database.session import db
from app.workbench import charts, queries
from tests.support.figures import customer_at, figures, follow_up_at, links, put, table, total
from tests.support.make import make_customer, make_platform_customer, make_push, shelve
from tests.support.web.person import Browser

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)  # noon in Shanghai
PEOPLE = ["agent", "agent2", "manager", "regional", "admin", "auditor", "finance", "other_agent"]


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def business(world):
    """Two months of two stores and of the other company."""
    agent, agent3, manager = world.actor("agent"), world.actor("agent3"), world.actor("manager")
    made = {
        "today": customer_at(NOON, agent, name="今天"),
        "midnight": customer_at(NOON.replace(hour=16, minute=0) - timedelta(days=1), agent, name="零点"),
        "yesterday": customer_at(NOON - timedelta(days=1), agent, name="昨天"),
        "edge": customer_at(NOON - timedelta(days=29), agent, name="第三十天"),
        "before": customer_at(NOON - timedelta(days=30), agent, name="上期"),
        "long_ago": customer_at(NOON - timedelta(days=70), agent, name="很久"),
        "west": customer_at(NOON - timedelta(days=2), agent3, name="城西"),
        "platform": make_platform_customer(manager, handler_id=agent.id, name="平台"),
        "other": customer_at(NOON, world.actor("other_agent"), name="别家"),
    }
    shelve(made["before"])
    put(made["today"], grade="A", next_contact_at=NOON - timedelta(days=2))
    put(made["yesterday"], next_contact_at=NOON + timedelta(hours=11, minutes=59))
    put(made["edge"], next_contact_at=NOON + timedelta(hours=12, minutes=1))
    put(made["west"], next_contact_at=NOON - timedelta(hours=1), grade="B")
    return made


def test_plat_8_figures_of_an_agent(app, world, business):
    page = Browser(app, "agent").page("/")
    shown = figures(page)
    assert shown["fa-user-plus"][0] == "5"  # today, midnight, yesterday, edge, platform
    assert shown["fa-hourglass-half"][0] == "1"
    assert shown["fa-phone"][0] == "2"
    assert table(page, "status") == {"待处理": ("1",), "跟进中": ("5",), "已下架": ("1",)}
    assert table(page, "grade") == {"A": ("1",), "B": ("0",), "C": ("0",), "D": ("6",)}


@pytest.mark.parametrize("name", PEOPLE)
def test_plat_8_every_figure_equals_the_list_it_leads_to(app, world, business, name):
    follow_up_at(NOON - timedelta(days=3), business["today"], world.actor("agent"))
    follow_up_at(NOON - timedelta(days=3), business["west"], world.actor("agent3"))
    make_push(business["west"], receiver=world.actor("agent"), state="accepted")
    browser = Browser(app, name)
    page = browser.page("/")
    for icon, (number, address) in figures(page).items():
        assert total(browser, address) == int(number), (icon, address)
    for chart in ("status", "grade"):
        numbers = table(page, chart)
        for (row, _place), address in links(page, chart).items():
            assert total(browser, address) == int(numbers[row][0]), (row, address)
    days = table(page, "trend")
    for (day, place), address in links(page, "trend").items():
        if days[day][place] != "0" or day in {"06-15", "05-17"}:
            assert total(browser, address) == int(days[day][place]), (day, address)


def test_plat_8_the_trend_has_thirty_shanghai_days(app, world, business):
    days = table(Browser(app, "agent").page("/"), "trend")
    assert len(days) == 30
    assert next(iter(days)) == "06-15"
    assert list(days)[-1] == "05-17"
    assert {day: numbers[0] for day, numbers in days.items() if numbers[0] != "0"} == {
        "06-15": "3", "06-14": "1", "05-17": "1",
    }  # fmt: skip


def test_plat_8_periods_are_compared_rises_red_falls_green(app, world, business):
    card = next(
        c
        for c in Browser(app, "agent").page("/").all("a", class_="stat")
        if c.all("i", class_="fa-user-plus")
    )
    assert card.one("b", class_="chg-up").text.endswith("400.0%")


@pytest.mark.parametrize(
    ("now", "before", "direction", "text"),
    [
        (10, 5, "up", "100.0%"),
        (5, 10, "down", "50.0%"),
        (0, 4, "down", "100.0%"),
        (3, 0, "up", "+3"),
        (1000, 999, "up", "0.1%"),
    ],
)
def test_plat_8_a_change_in_words(app, now, before, direction, text):
    with app.test_request_context("/"):
        assert charts.change(now, before) == charts.Change(direction, text)
        assert charts.change(4, 4).direction == charts.change(0, 0).direction == "same"


def test_plat_8_follow_ups_count_by_author_in_scope(world, business):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    follow_up_at(NOON - timedelta(days=3), business["today"], agent)
    follow_up_at(NOON - timedelta(days=3), business["yesterday"], agent)
    follow_up_at(NOON - timedelta(days=1), business["west"], agent3)
    remark = follow_up_at(NOON - timedelta(days=1), business["today"], agent)
    remark.counts = False
    db.session.commit()
    first = charts.periods()[1]
    seen = {
        name: sum(queries.follow_ups_per_day(world.actor(name), first).values())
        for name in ("agent", "agent2", "agent3", "manager", "regional", "admin", "auditor", "other_agent")
    }
    assert seen == {
        "agent": 2, "agent2": 0, "agent3": 1, "manager": 2, "regional": 3, "admin": 3, "auditor": 3, "other_agent": 0,
    }  # fmt: skip


def test_plat_8_ranking_of_those_in_scope_against_the_same_days_of_last_month(app, world, business):
    agent, agent2, agent3 = (world.actor(name) for name in ("agent", "agent2", "agent3"))
    mine = business["today"]
    for day in (1, 5, 14):
        follow_up_at(NOON.replace(day=day), mine, agent)
    for day in (2, 14, 20, 31):  # the last two are later in the month than today
        follow_up_at(NOON.replace(month=5, day=day), business["long_ago"], agent)
    theirs = customer_at(NOON - timedelta(days=60), agent2)
    follow_up_at(NOON - timedelta(days=1), theirs, agent2)
    follow_up_at(NOON - timedelta(days=1), business["west"], agent3)
    assert [(r.name, r.number, r.before) for r in queries.ranking(world.actor("manager"))] == [
        (agent.name, 3, 2), (agent2.name, 1, 0),
    ]  # fmt: skip
    assert {r.staff_id for r in queries.ranking(world.actor("regional"))} == {agent.id, agent2.id, agent3.id}
    browser = Browser(app, "manager")
    page = browser.page("/")
    for address in links(page, "rank").values():
        number = next(
            n for (head, n) in table(page, "rank").items() if address == links(page, "rank")[head, 0]
        )[0]
        assert total(browser, address) == int(number)
    assert not Browser(app, "agent").page("/").all(id="h-rank")


def test_plat_8_an_agent_sees_their_own_calls_and_a_leader_those_of_all(app, world, business):
    def names(username):
        return Browser(app, username).page("/").one("h2", id="")

    agent, manager, regional = (
        [row.name for row in queries.overdue_customers(world.actor(name))]
        for name in ("agent", "manager", "regional")
    )
    assert agent == ["今天", "昨天"]
    assert manager == ["今天", "昨天"]
    assert regional == ["今天", "城西", "昨天"]
    assert queries.overdue_customers(world.actor("agent2")) == []
    waits = queries.pending_counts(world.actor("regional"))
    assert (str(waits["due"]), str(waits["overdue"])) == ("3", "2")


def test_plat_8_past_the_limit_figures_say_so(world, business, monkeypatch):
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    monkeypatch.setattr("app.kernel.lists.paging.COUNT_LIMIT", 2)
    statuses, _grades = queries.distribution(world.actor("agent"))
    assert str(statuses["following"]) in {"2+", "5"}
    assert str(queries.capped_count(3)) == "2+"
    assert str(queries.capped_count(2)) == "2"


def test_plat_8_a_large_scope_is_counted_like_a_small_one(world, business, monkeypatch):
    for name in PEOPLE:
        actor = world.actor(name)
        small = queries.distribution(actor)
        with monkeypatch.context() as patched:
            patched.setattr(queries, "COUNT_LIMIT", 0)
            patched.setattr(queries, "capped_count", queries.Count)
            assert queries.distribution(actor) == small, name


def test_plat_8_no_figures_of_customers_for_those_who_may_not_read_them(app, world, business):
    page = Browser(app, "onsite").page("/")
    assert figures(page) == {}
    assert not page.all("table", class_="bars")
    assert not re.search("今天|昨天", page.text)


def test_plat_8_each_months_first_day_has_a_last_month(world, business):
    follow_up_at(NOON.replace(month=5, day=1), business["long_ago"], world.actor("agent"))
    with clock.frozen(datetime(2026, 6, 1, 4, 0, tzinfo=UTC)):
        assert queries.ranking(world.actor("manager")) == []
    assert db.session.query(FollowUp).count() == 1


def test_make_customer_stays_in_time(world):
    assert make_customer(world.actor("agent")).created_at == NOON
