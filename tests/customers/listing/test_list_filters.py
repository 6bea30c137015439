"""CUST-13: ranges of days, the overdue mark and the order by last follow-up, on the page and in the API alike.

Days are days in Asia/Shanghai, both ends included: 2026-03-10 there is 2026-03-09 16:00 UTC up to, and not
including, 2026-03-10 16:00 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.customers.follow_ups.services import follow_up
from app.kernel import clock
from tests.support.make import make_customer
from tests.support.web.person import Browser

pytestmark = pytest.mark.both

INSTANT = timedelta(microseconds=1)
FIRST = datetime(2026, 3, 9, 16, tzinfo=UTC)  # midnight of 10 March in Shanghai
END = datetime(2026, 3, 10, 16, tzinfo=UTC)
BORDERS = {"前一日": FIRST - INSTANT, "首刻": FIRST, "末刻": END - INSTANT, "后一日": END}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)

RANGES = [
    ({"from": "2026-03-10", "to": "2026-03-10"}, ["首刻", "末刻"]),
    ({"from": "2026-03-10"}, ["首刻", "末刻", "后一日"]),
    ({"to": "2026-03-10"}, ["前一日", "首刻", "末刻"]),
    ({"from": "2026-03-09", "to": "2026-03-09"}, ["前一日"]),
    ({"from": "2026-03-11", "to": "2026-03-11"}, ["后一日"]),
    ({"from": "2026-03-09", "to": "2026-03-11"}, [*BORDERS]),
    ({"from": "2026-03-12"}, []),
    ({"to": "2026-03-08"}, []),
    ({"from": "2026-03-11", "to": "2026-03-09"}, []),
    ({"from": "２０２６-03-10", "to": " 2026-03-10 "}, ["首刻", "末刻"]),
]


def _created(world, moments) -> None:
    for name, moment in moments.items():
        with clock.frozen(moment):
            make_customer(world.actor("agent"), name=name)


def _followed(world, moments) -> None:
    """Created long ago, followed up at these moments."""
    agent = world.actor("agent")
    for name, moment in moments.items():
        with clock.frozen(LONG_AGO):
            made = make_customer(agent, name=name)
        with clock.frozen(moment):
            follow_up(made.id, content="x", method="phone", actor=agent)


def _appointed(world, moments) -> None:
    """Followed up long ago, with the next contact at these moments."""
    agent = world.actor("agent")
    for name, moment in moments.items():
        with clock.frozen(LONG_AGO):
            made = make_customer(agent, name=name)
            follow_up(made.id, content="x", method="phone", next_contact_at=moment, actor=agent)


class Faces:
    """The list as the page and as the API show it: they must always agree."""

    def __init__(self, app, api) -> None:
        self.app, self.api = app, api("agent")

    @property
    def browser(self) -> Browser:
        """Just signed in: sessions end when the clock is moved far."""
        return Browser(self.app, "agent")

    def names(self, **query) -> list[str]:
        address = "/customers/?" + "&".join(f"{name}={value}" for name, value in query.items())
        rows = [row for row in self.browser.page(address).all("tr") if row["data-url"]]
        shown = [row.one("a", class_="row-link").text for row in rows]
        answer = self.api.get("/customers", **query)
        assert answer.status_code == 200, answer.get_json()
        body = answer.get_json()
        assert [one["name"] for one in body["items"]] == shown
        assert (body["total"], body["total_is_exact"]) == (len(shown), True)
        return shown


@pytest.fixture
def faces(app, api) -> Faces:
    return Faces(app, api)


@pytest.mark.parametrize(
    ("column", "fill"),
    [("created", _created), ("last_follow_up", _followed), ("next_contact", _appointed)],
)
def test_cust_13_both_days_of_a_range_are_whole_days_in_shanghai(world, faces, column, fill):
    fill(world, BORDERS)
    for days, expected in RANGES:
        query = {f"{column}_{end}": day for end, day in days.items()}
        assert sorted(faces.names(**query)) == sorted(expected), (column, days)


@pytest.mark.parametrize("column", ["last_follow_up", "next_contact"])
def test_cust_13_without_a_moment_no_range_holds_it(world, faces, column):
    make_customer(world.actor("agent"), name="从未")
    assert faces.names() == ["从未"]
    for query in ({f"{column}_from": "1900-01-01"}, {f"{column}_to": "2200-01-01"}):
        assert faces.names(**query) == [], query


def test_cust_13_ranges_narrow_each_other(world, faces):
    _created(world, {"旧": LONG_AGO, "新": NOW})
    _followed(world, {"旧而跟进": NOW})
    both = {"created_to": "2026-01-31", "last_follow_up_from": "2026-03-10"}
    assert faces.names(**both) == ["旧而跟进"]
    assert sorted(faces.names(created_to="2026-01-31")) == ["旧", "旧而跟进"]


def test_cust_13_overdue_is_a_next_contact_that_has_passed(world, faces):
    _appointed(world, {"过了": NOW - INSTANT, "此刻": NOW, "未到": NOW + INSTANT, "当日": END - INSTANT})
    with clock.frozen(LONG_AGO):
        make_customer(world.actor("agent"), name="无约")
    with clock.frozen(NOW):
        assert faces.names(overdue="yes") == ["过了"]
        assert sorted(faces.names(overdue="no")) == sorted(["此刻", "未到", "当日", "无约"])
        today = {"next_contact_from": "2026-03-10", "next_contact_to": "2026-03-10"}
        assert sorted(faces.names(overdue="no", **today)) == sorted(["此刻", "未到", "当日"])
    with clock.frozen(END):
        assert sorted(faces.names(overdue="yes")) == sorted(["过了", "此刻", "未到", "当日"])


def test_cust_13_a_contact_that_was_made_is_overdue_no_more(world, faces):
    _appointed(world, {"过了": NOW - timedelta(days=1)})
    agent = world.actor("agent")
    pk = faces.api.get("/customers").get_json()["items"][0]["id"]
    with clock.frozen(NOW):
        assert faces.names(overdue="yes") == ["过了"]
        ahead = NOW + timedelta(days=1)
        follow_up(pk, content="x", method="phone", next_contact_at=ahead, actor=agent)
        assert faces.names(overdue="yes") == []
        assert faces.names(overdue="no") == ["过了"]


def test_cust_13_never_followed_sorts_as_oldest(world, faces):
    """Below whoever was followed up earliest; among themselves by creation's number, never at random."""
    with clock.frozen(LONG_AGO):
        make_customer(world.actor("agent"), name="从未甲")
    _followed(world, {"早": LONG_AGO + INSTANT, "晚": NOW})
    make_customer(world.actor("agent"), name="从未乙")
    newest = ["晚", "早", "从未乙", "从未甲"]
    assert faces.names(order_by="-last_follow_up_at") == newest
    assert faces.names(order_by="last_follow_up_at") == newest[::-1]
    pages = [
        faces.api.get("/customers", order_by="-last_follow_up_at", page_size=1, page=n) for n in (1, 2, 3, 4)
    ]
    assert [page.get_json()["items"][0]["name"] for page in pages] == newest


@pytest.mark.parametrize("argument", ["created", "last_follow_up", "next_contact"])
@pytest.mark.parametrize("day", ["2026-02-29", "10.03.2026", "2026-03-10T00:00", "1899-12-31", "2200-01-02"])
def test_cust_13_what_is_no_day_is_said_and_shows_nothing(world, faces, argument, day):
    make_customer(world.actor("agent"))
    for end in ("from", "to"):
        name = f"{argument}_{end}"
        answer = faces.api.get("/customers", **{name: day})
        assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, [argument]), name
        page = faces.browser.page(f"/customers/?{name}={day}")
        assert page.one(id=f"f-{argument}_from-err").text == "请填写日期，例如 2026-01-31"
        assert not [row for row in page.all("tr") if row["data-url"]]


def test_cust_13_the_overdue_mark_is_yes_or_no(world, faces):
    for value in ("maybe", "2", "oui", "-"):
        assert [*faces.api.get("/customers", overdue=value).get_json()["fields"]] == ["overdue"]
