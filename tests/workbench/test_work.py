"""OFF-11: what waits for a person, by what they may do; each count is that of the list it leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.pages.work import count_work, declared_work
from tests.support.databases.statements import count_statements
from tests.support.figures import put, total
from tests.support.make import make_customer, make_platform_customer, make_push, privatize
from tests.support.web.person import Browser

PEOPLE = ["admin", "manager", "regional", "agent", "auditor", "finance", "director", "secretary", "onsite"]


@pytest.fixture
def business(world):
    """Return nothing; customers late, pending, private and pushed are there."""
    agent, manager = world.actor("agent"), world.actor("manager")
    put(make_customer(agent), next_contact_at=clock.now() - timedelta(days=2))
    put(make_platform_customer(manager, handler_id=agent.id), created_at=clock.now() - timedelta(days=9))
    private = privatize(make_platform_customer(manager, handler_id=agent.id, state="following"), agent)
    put(private, last_follow_up_at=clock.now() - timedelta(days=30))
    make_push(make_customer(world.actor("agent3")), receiver=agent)


@pytest.mark.both
@pytest.mark.parametrize(
    ("name", "period"), [*((name, "month") for name in PEOPLE), ("agent", "today"), ("admin", "week")]
)
def test_off_11_every_count_is_its_lists_total(app, world, business, name, period):
    browser = Browser(app, name)
    with app.test_request_context("/"):
        counts = count_work(world.actor(name), period)
    assert {one.key: one.number for one in counts} == {one.key: total(browser, one.url) for one in counts}
    shown = {
        link["data-work"]: link["href"] for link in browser.page(f"/?period={period}").all("a", class_="wait")
    }
    assert shown == {one.key: one.url for one in counts}


def test_off_11_a_role_sees_the_work_that_is_its_own(app, world, business):
    with app.test_request_context("/"):
        seen = {name: {one.key for one in count_work(world.actor(name), "today")} for name in PEOPLE}
        late = {one.key: one.number for one in count_work(world.actor("agent"), "today")}
    assert {"contacts_today", "contacts_late", "pushes"} <= seen["agent"]
    assert not {"pending_too_long", "collisions", "failed_jobs", "exports"} & seen["agent"]
    assert {"pending_too_long", "private_quiet", "stopped_lookups"} <= seen["manager"]
    assert {"collisions", "registrations", "ends_soon"} <= seen["director"]
    assert "fees_due" in seen["secretary"]
    assert {"failed_jobs", "failed_messages"} <= seen["admin"]
    assert {"exports", "number_lookups"} <= seen["auditor"]
    assert late["contacts_late"] == late["pushes"] == 1


def test_off_11_every_declared_count_has_a_reader(app, world):
    with app.test_request_context("/"):
        everybody = {one.key for name in PEOPLE for one in count_work(world.actor(name), "today")}
    assert everybody == {item.key for item in declared_work()}


def test_off_11_a_share_is_of_the_same_period(app, world):
    agent = world.actor("agent")
    put(make_customer(agent), deal_status="won")
    for _number in range(3):
        make_customer(agent)
    with app.test_request_context("/"):
        counts = {one.key: one for one in count_work(agent, "today")}
    assert (counts["new_customers"].number, counts["won_customers"].share) == (4, "25%")


def test_off_11_all_counts_are_one_statement(app, world, business):
    with app.test_request_context("/"):
        count_work(world.actor("admin"), "month")
        with count_statements(app) as seen:
            count_work(world.actor("admin"), "month")
    assert len(seen) == 1


@pytest.mark.parametrize("period", ["", "year", "'"])
def test_off_11_an_unknown_period_is_today(app, world, period):
    page = Browser(app, "agent").page(f"/?period={period}")
    assert page.one("a", aria_current="true").text == "今天"
