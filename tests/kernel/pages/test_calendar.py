"""OFF-5: the calendar of next contacts: scope, own first, filters of the list, days in Shanghai, statements."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.pages import calendar
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.person import Browser


def _contact(world, who: str, name: str, at: str, make=make_customer):
    made = make(world.actor(who), name=name)
    made.next_contact_at = clock.from_local(datetime.fromisoformat(at))
    db.session.commit()
    return made


def _days(page) -> dict[str, tuple[str, list[str]]]:
    """Return day → count and names, for the days that have any."""
    found = {}
    for cell in page.all("td", class_="cal-d"):
        names = [one.text for one in cell.all("a", class_="cal-i")]
        if names:
            found[cell.one("time")["datetime"]] = (cell.one("em").text, names)
    return found


@pytest.fixture
def agent(app, world) -> Browser:
    return Browser(app, "agent")


@pytest.mark.both
def test_off_5_records_stand_on_their_day_in_shanghai_own_ones_first(app, world, agent):
    _contact(world, "agent2", "同事的", "2026-05-10T08:00", make_platform_customer)
    _contact(world, "agent", "最早", "2026-05-10T00:00")
    _contact(world, "agent", "最晚", "2026-05-10T23:59")
    _contact(world, "agent", "次日", "2026-05-11T00:00")
    _contact(world, "agent3", "别店", "2026-05-10T09:00")
    assert _days(agent.page("/customers/calendar?month=2026-05")) == {
        "2026-05-10": ("3", ["00:00 最早", "23:59 最晚", "08:00 同事的"]),
        "2026-05-11": ("1", ["00:00 次日"]),
    }
    assert _days(Browser(app, "agent3").page("/customers/calendar?month=2026-05")) == {
        "2026-05-10": ("1", ["09:00 别店"])
    }


def test_off_5_a_day_opens_its_list_with_the_same_filters(world, agent):
    _contact(world, "agent", "甲先生", "2026-05-10T09:00")
    _contact(world, "agent", "乙女士", "2026-05-10T10:00")
    page = agent.page("/customers/calendar?month=2026-05&name=甲&tab=personal")
    assert _days(page) == {"2026-05-10": ("1", ["09:00 甲先生"])}
    cell = next(one for one in page.all("td") if one.one("time")["datetime"] == "2026-05-10")
    address = cell.all("a", class_="cal-n")[0]["href"]
    assert "next_contact_from=2026-05-10&next_contact_to=2026-05-10" in address
    rows = agent.page(address).one("tbody").text
    assert "甲先生" in rows
    assert "乙女士" not in rows


def test_off_5_a_day_names_a_few_and_counts_all(world, agent):
    for number in range(calendar.FEW + 2):
        _contact(world, "agent", f"客户{number}", f"2026-05-10T0{number}:00")
    count, names = _days(agent.page("/customers/calendar?month=2026-05"))["2026-05-10"]
    assert (count, len(names)) == (str(calendar.FEW + 2), calendar.FEW)
    _count, names = _days(agent.page("/customers/calendar?week=2026-05-10"))["2026-05-10"]
    assert len(names) == calendar.FEW + 2


@pytest.mark.parametrize(
    ("query", "first", "last", "number"),
    [
        ("month=2026-05", "2026-04-27", "2026-05-31", 35),
        ("month=2026-02", "2026-01-26", "2026-03-01", 35),
        ("month=2027-02", "2027-02-01", "2027-02-28", 28),
        ("week=2026-05-10", "2026-05-04", "2026-05-10", 7),
    ],
)
def test_off_5_whole_weeks_from_monday(agent, query, first, last, number):
    days = [
        one["datetime"] for one in agent.page(f"/customers/calendar?{query}").all("time") if one["datetime"]
    ]
    assert (days[0], days[-1], len(days)) == (first, last, number)


@pytest.mark.parametrize(
    "query", ["month=x", "month=2026-13", "week=2026-02-30", "month=9999-01", "", "week=0001-01-01"]
)
def test_off_5_what_is_no_month_is_the_present_one(agent, query):
    page = agent.page(f"/customers/calendar?{query}")
    assert page.one("td", class_="is-today").one("time")["datetime"] == clock.today().isoformat()


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ("month=2026-01", "month=2025-12", "month=2026-02"),
        ("month=2026-12", "month=2026-11", "month=2027-01"),
        ("week=2026-05-10", "week=2026-04-27", "week=2026-05-11"),
    ],
)
def test_off_5_the_span_before_and_after(agent, query, before, after):
    links = [one["href"] for one in agent.page(f"/customers/calendar?{query}").all("a", class_="icon-btn")]
    assert any(link.endswith(before) for link in links), links
    assert any(link.endswith(after) for link in links), links


def test_off_5_a_wrong_filter_shows_no_days(agent):
    assert not agent.page("/customers/calendar?created_from=never").all("td", class_="cal-d")


@pytest.mark.parametrize("username", ["agent", "manager", "regional", "admin"])
def test_off_5_a_calendar_is_one_statement(app, world, username):
    browser = Browser(app, username)
    start = clock.now()
    for number in range(30):
        made = make_customer(world.actor("agent"))
        made.next_contact_at = start + timedelta(hours=number)
    db.session.commit()
    browser.page("/customers/calendar")
    with count_statements(app) as seen:
        browser.page("/customers/calendar")
    assert len([text for text in seen if "FROM customer" in text]) == 1, list(seen)
    assert seen.count <= 5, list(seen)
