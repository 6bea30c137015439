"""CUST-25: the figures of the customers in scope, each leading to its list, and exported."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.customers.categories.services import add_category, set_categories
from app.customers.follow_ups.services import follow_up
from app.customers.profile.services import update_customer
from app.customers.statistics.queries import activity_per_day, statistics_of
from app.customers.tags.services import tag_customers
from app.kernel import clock
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

OLD = datetime(2026, 9, 15, 4, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def made(world):
    """Three customers of an agent, one of them won; one of another store."""
    agent = world.actor("agent")
    with clock.frozen(OLD):
        won = make_customer(agent, source="walk_in")
        values = {
            "deal_status": "won",
            "annual_revenue": Decimal("600000.50"),
            "cooperation_years": Decimal(2),
        }
        update_customer(won.id, version=1, values=values, actor=agent)
    with clock.frozen(NOW):
        second = make_customer(agent, cooperation_years=Decimal(1), annual_revenue=Decimal(1000))
        third = make_platform_customer(agent)
        make_customer(world.actor("agent3"))
        tag_customers([won.id, second.id], add=["新客户"], remove=[], actor=agent)
        top = add_category(name="渠道", actor=world.actor("admin"))
        below = add_category(name="经销商", parent_id=top.id, actor=world.actor("admin"))
        set_categories(won.id, category_ids=[top.id, below.id], actor=agent)
        follow_up(second.id, content="x", method="visit", actor=agent)
    return won, second, third, top, below


@pytest.mark.both
def test_cust_25_the_figures_of_a_scope(app, world, made):
    agent = world.actor("agent")
    with clock.frozen(NOW):
        body = ApiClient(app, "manager").get("/customers/statistics").get_json()
    assert (body["total"], body["won"], body["revenue_sum"], body["mean_years"]) == (3, 1, 601000.5, 1.5)
    shares = {one["code"]: (one["count"], one["share_won"]) for one in body["by_deal_status"]}
    assert shares == {"potential": (2, 0.0), "won": (1, 1.0)}
    assert {one["code"]: one["count"] for one in body["by_grade"]} == {"B": 1, "D": 2}
    assert {one["code"]: one["count"] for one in body["by_source"]} == {None: 2, "walk_in": 1}
    assert [(one["id"], one["count"], one["won"]) for one in body["by_owner"]] == [(agent.id, 2, 1)]
    assert [(one["name"], one["count"], one["share_won"]) for one in body["by_tag"]] == [("新客户", 2, 0.5)]
    names = [(one["name"], one["count"]) for one in body["by_category"]]
    assert sorted(names) == [("渠道", 1), ("经销商", 1)], "once in each that it is in or below"
    growth = {one["month"]: (one["new"], one["total"]) for one in body["growth"]}
    assert len(growth) == 12
    assert [growth[month] for month in ("2026-08", "2026-09", "2026-10", "2026-11")] == [
        (0, 0), (1, 1), (0, 1), (2, 3),
    ]  # fmt: skip


def test_cust_25_each_scope_has_its_own_figures(app, world, made):
    totals = {
        name: statistics_of(world.actor(name)).total for name in ("agent", "agent3", "admin", "other_agent")
    }
    assert totals == {"agent": 3, "agent3": 1, "admin": 4, "other_agent": 0}
    assert ApiClient(app, "broker").get("/customers/statistics").status_code == 403
    assert ApiClient(app).get("/customers/statistics").status_code == 401


def test_cust_25_activity_per_person_and_day(world, made):
    with clock.frozen(NOW):
        rows = activity_per_day(world.actor("manager"))
    agent = world.actor("agent")
    assert [(one.day, one.staff_id, one.created, one.follow_ups) for one in rows] == [
        ("2026-11-20", agent.id, 2, {"visit": 1})
    ]


def test_cust_25_each_figure_of_the_page_leads_to_just_its_customers(app, world, made):
    browser = Browser(app, "manager")
    page = browser.page("/customer-statistics/")
    links = {
        (table["aria-labelledby"], link["href"], int(link.text))
        for table in page.all("table")
        for link in table.all("a")
        if "/customers/" in link["href"]
    }
    assert len(links) > 10
    for _section, href, number in links:
        listed = browser.page(href)
        assert len(listed.one("tbody").all("tr")) == number, href


def test_cust_25_the_export_holds_the_figures(app, made):
    answer = Browser(app, "manager").post("/customer-statistics/export")
    sheet = load_workbook(BytesIO(answer.data), read_only=True).active
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    assert ("全部客户", None, 3, 1, "33.3%") in [
        tuple(v or None if v == "" else v for v in row) for row in rows
    ]
    assert Browser(app, "director").post("/customer-statistics/export").status_code == 403


def test_cust_25_the_number_of_statements_is_fixed(app, world, made):
    actor = world.actor("manager")
    statistics_of(actor)
    with count_statements(app) as seen:
        statistics_of(actor)
    assert len(seen) <= 6
