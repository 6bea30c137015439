"""How many rows a list has: exact while they are counted, "more than" from memory for a minute (PLAT-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.customers.listing.filters import SPEC
from app.customers.shared.queries import visible_customers
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.lists import paging
from app.kernel.lists.counts import count_statement
from app.kernel.lists.requests import ListRequest
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer

ASKED = ListRequest(order_by="-created_at", page_size=2)
LIMIT = 4


@pytest.fixture
def agent(world, monkeypatch):
    """An agent with as many customers as are counted, and one more."""
    monkeypatch.setattr(paging, "COUNT_LIMIT", LIMIT)
    agent = world.actor("agent")
    for _ in range(LIMIT + 1):
        make_customer(agent)
    return agent


def _ask(app, whole, plans):
    with count_statements(app) as seen:
        page = paging.fetch_page(whole, SPEC, ASKED, plans=plans)
    return page.total, page.total_is_exact, sum("count(" in statement for statement in seen)


@pytest.mark.both
def test_more_than_are_counted_is_remembered_for_a_minute(app, agent):
    whole = visible_customers(agent)
    plans = paging.kept_plans(agent, "list", whole)
    with clock.frozen(clock.now()):
        assert _ask(app, whole, plans) == (LIMIT, False, 1)
        assert _ask(app, whole, paging.kept_plans(agent, "list", whole)) == (LIMIT, False, 0)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert _ask(app, whole, plans) == (LIMIT, False, 1)


def test_an_exact_number_is_counted_every_time(app, agent, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_LIMIT", LIMIT + 1)
    whole = visible_customers(agent)
    plans = paging.kept_plans(agent, "list", whole)
    assert _ask(app, whole, plans) == (LIMIT + 1, True, 1)
    assert _ask(app, whole, plans) == (LIMIT + 1, True, 1)
    make_customer(agent)
    assert _ask(app, whole, plans) == (LIMIT + 1, False, 1)


def test_another_list_or_a_filtered_one_remembers_nothing_of_it(app, agent):
    whole = visible_customers(agent)
    _ask(app, whole, paging.kept_plans(agent, "list", whole))
    assert _ask(app, whole, None)[2] == 1
    assert _ask(app, whole, paging.kept_plans(agent, "tab", whole))[2] == 1


@pytest.mark.both
def test_sqlite_counts_a_whole_list_in_the_index_of_its_order(world):
    """PostgreSQL chooses by itself, and an order would only bind it."""
    whole = visible_customers(world.actor("admin"))
    order = paging._default_order(SPEC, whole)
    for_all = str(count_statement(whole, order=order).compile(db.engine))
    is_sqlite = db.engine.dialect.name == "sqlite"
    assert ("ORDER BY" in for_all) is is_sqlite
    narrowed = whole.where(SPEC.orders["next_contact_at"].is_not(None))
    assert "ORDER BY" not in str(count_statement(narrowed, order=order).compile(db.engine))
    scoped_one = visible_customers(world.actor("agent"))
    assert "ORDER BY" not in str(count_statement(scoped_one, order=order).compile(db.engine))
