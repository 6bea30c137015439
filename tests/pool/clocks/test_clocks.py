"""POOL-24: what the clocks of the platform pool do, once; POOL-25: what lists and pages show of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.listing.filters import SPEC
from app.customers.shared.queries import visible_customers
from app.kernel import clock, workdays
from app.kernel.database.session import db
from app.kernel.lists.requests import apply_filters, read_list_request
from app.pool.clocks.services import (
    LATE,
    RELEASED,
    REMINDER,
    WARNING,
    count_waiting,
    release_left_alone,
    remind_of_pending,
    tell_managers_of_pending,
    warn_holders,
)
from app.pool.holding.services import privatize_customer
from tests.support.channel.scene import notices_of, operations
from tests.support.make import make_customer, make_platform_customer
from tests.support.traces import stored
from tests.support.web.person import Browser

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai


@pytest.mark.parametrize(
    ("later", "hours", "back"),
    [(timedelta(hours=4), 4, timedelta(hours=4)), (timedelta(hours=1), 2, timedelta(hours=65)),
     (timedelta(hours=20), 9, timedelta(hours=20)), (timedelta(0), 9, timedelta(days=3))],
)  # fmt: skip
def test_pool_24_working_hours_leave_out_nights_and_weekends(later, hours, back):
    moment = MONDAY + later
    assert workdays.hours_before(moment, hours) == moment - back


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2026-10-01", False), ("2026-10-08", True), ("2026-10-10", True), ("2026-10-11", False),
     ("2003-10-01", True), ("2003-10-04", False), ("2099-10-01", True), ("2099-10-04", False)],
)  # fmt: skip
def test_pool_24_holidays_are_not_worked_and_some_weekends_are(day, worked):
    """Years without announced holidays: Monday to Friday."""
    assert workdays.is_workday(date.fromisoformat(day)) is worked


def test_pool_24_a_week_of_holidays_counts_no_hour():
    back_at_work = datetime(2026, 10, 8, 10, 0, tzinfo=clock.LOCAL)
    assert workdays.hours_before(back_at_work, 2) == datetime(2026, 9, 30, 17, 0, tzinfo=clock.LOCAL)


def _at(**later: float):
    return clock.frozen(MONDAY + timedelta(**later))


def test_pool_24_a_pending_customer_reminds_its_handler_then_the_manager_once(world):
    agent, manager = world.actor("agent"), world.actor("manager")
    with _at():
        made = make_platform_customer(agent)
    for hours, handler, boss in ((8, 0, 0), (9.5, 1, 0), (24 + 8.5, 1, 1), (48, 1, 1)):
        with _at(hours=hours):
            remind_of_pending()
            tell_managers_of_pending()
            told = [notices_of(agent.id).count(REMINDER), notices_of(manager.id).count(LATE)]
            assert told == [handler, boss], hours
    with _at(hours=49):
        follow_up(made.id, content="x", method="phone", actor=agent)
        assert (count_waiting(), remind_of_pending()) == (0, 0)


def test_pool_24_the_filter_shows_the_overdue_ones(world):
    with _at():
        late = make_platform_customer(world.actor("agent"))
    with _at(hours=9.5):
        make_platform_customer(world.actor("agent"))
        assert _found(world, pending_overdue="yes") == [late.id]


def test_pool_24_a_private_one_left_alone_is_released_after_a_warning(world):
    agent = world.actor("agent")
    with _at():
        made = privatize_customer(make_platform_customer(agent, state="following").id, actor=agent)
    with _at(days=5):
        follow_up(made.id, content="x", method="phone", actor=agent)
    with _at(days=10):
        follow_up(made.id, content="x", method="phone", actor=world.actor("manager"))
    for day, warned, held in ((32, 0, True), (33, 1, True), (35, 1, True), (36, 1, False)):
        with _at(days=day):
            release_left_alone()
            warn_holders()
            warn_holders()
            assert notices_of(agent.id).count(WARNING) == warned, day
            assert (stored(made.id)["private_holder_id"] is not None) is held, day
    assert operations(made)[-1] == "pool.publicize"
    assert notices_of(agent.id)[-1] == RELEASED


def _found(world, **args: str) -> list[int]:
    asked = read_list_request(SPEC, args).enforce()
    actor = world.actor("regional")
    return sorted(
        one.id for one in db.session.scalars(apply_filters(visible_customers(actor), SPEC, asked, actor))
    )


def test_pool_25_filters_by_demand_source_and_holding(world):
    agent, east = world.actor("agent"), world.district("锦江区").id
    demand = {
        "kind": "buy", "district_ids": [east], "price_min": 100, "price_max": 200, "rooms_min": 2, "rooms_max": 3,
    }  # fmt: skip
    buys = make_customer(agent, demand=demand, source="referral").id
    rents = make_customer(agent, demand={"kind": "rent", "price_min": 300}).id
    held = make_platform_customer(agent, state="private").id
    for args, expected in (
        ({"private": "yes"}, [held]), ({"private": "no"}, [buys, rents]), ({"source": "referral"}, [buys]),
        ({"demand_kind": "rent"}, [rents]), ({"district_id": str(east)}, [buys]), ({"rooms": "3"}, [buys]),
        ({"rooms": "4"}, []), ({"price_min": "150"}, [buys, rents]), ({"price_max": "99.5"}, []),
        ({"price_min": "201", "price_max": "400"}, [rents]),
    ):  # fmt: skip
        assert _found(world, **args) == expected, args


def test_pool_25_the_page_shows_who_did_what_when(app, world):
    agent = world.actor("agent")
    with _at():
        made = privatize_customer(make_platform_customer(agent, state="following").id, actor=agent)
    text = Browser(app, "agent").page(f"/customers/{made.id}").text
    assert "陈晓雯 · 城东店 · 2026-03-09 09:00" in text
    assert "已拉私" in Browser(app, "agent").page("/customers/?private=yes").one("tbody").text
