"""A list, read page by page, shows each customer in reach once and in order: ACC-6, ACC-14, POOL-3, CUST-13.

Lists do not execute the scope's statement: they walk each ground of a person's reach in its own index and
merge the walks (``app.kernel.lists.grounds``).  Here the pages of every tab are compared with the whole.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC, TABS
from app.customers.shared.models import Customer
from app.kernel.database.session import db
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from tests.support.people.population import Population, arbitrary_actors, everybody

pytestmark = pytest.mark.both

NAMES = ("admin", "regional", "manager", "agent", "agent3", "finance", "auditor", "other_agent", "broker")
ORDERS = ("created_at", "-created_at", "last_follow_up_at", "-last_follow_up_at")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def population(world, database):
    """All customers, deleted ones too."""
    database.scene("population", lambda: Population(world).fill())
    return everybody()


def _ask(actor, tab, **query):
    asked = read_list_request(SPEC, MultiDict(query)).enforce()
    return fetch_page(apply_filters(tab.scope(actor), SPEC, asked, actor), SPEC, asked)


def _expected(actor, tab, order, customers):
    """The whole tab, ordered in Python: never followed counts as oldest, the id decides between equals."""
    listed = set(db.session.scalars(tab.scope(actor).with_only_columns(Customer.id)))
    field = order.removeprefix("-")
    rows = [customer for customer in customers if customer.id in listed]
    rows.sort(key=lambda row: (getattr(row, field) or NEVER, row.id), reverse=order.startswith("-"))
    return [row.id for row in rows]


def _by_page(actor, tab, order, size):
    found, page = [], 1
    while True:
        read = _ask(actor, tab, order_by=order, page=str(page), page_size=str(size))
        found += [row.id for row in read.items]
        if not read.after:
            return found, read
        page += 1


def _by_cursor(actor, tab, order, size):
    """Forward along ``after``, and from the end backward along ``before``."""
    read = _ask(actor, tab, order_by=order, page_size=str(size))
    forward = [row.id for row in read.items]
    while read.after:
        read = _ask(actor, tab, order_by=order, page_size=str(size), after=read.after)
        forward += [row.id for row in read.items]
    backward = [row.id for row in read.items]
    while read.before:
        read = _ask(actor, tab, order_by=order, page_size=str(size), before=read.before)
        backward = [row.id for row in read.items] + backward
    return forward, backward


@pytest.mark.slow
def test_pool_3_pages_show_the_whole_tab_once_and_in_order(world, population):
    cases = [*product(NAMES, TABS[:1], ORDERS), *product(NAMES, TABS[1:], ORDERS[1:2])]
    for name, tab, order in cases:
        actor = world.actor(name)
        expected = _expected(actor, tab, order, population)
        found, last = _by_page(actor, tab, order, 100)
        assert found == expected, (name, tab.key, order)
        assert (last.total, last.total_is_exact) == (len(expected), True), (name, tab.key, order)


def test_cust_13_cursors_lead_through_the_list_and_back(world, population):
    for name, order in product(("regional", "agent"), ORDERS):
        actor = world.actor(name)
        expected = _expected(actor, TABS[0], order, population)
        assert _by_cursor(actor, TABS[0], order, 97) == (expected, expected), (name, order)


def test_cust_13_filters_narrow_what_is_in_reach_and_open_nothing(world, population):
    far = next(row for row in population if row.owner_id == world.actor("other_agent").id)
    for name in NAMES:
        actor = world.actor(name)
        seen = _expected(actor, TABS[0], "created_at", population)
        for query, rule in (
            ({"pool": "platform"}, lambda row: row.pool == "platform"),
            ({"follow_status": "off_shelf"}, lambda row: row.follow_status == "off_shelf"),
            ({"code": far.code}, lambda row: row.code == far.code),
            ({"owner_id": str(far.owner_id)}, lambda row: row.owner_id == far.owner_id),
        ):
            wanted = [row.id for row in population if row.id in set(seen) and rule(row)]
            read = _ask(actor, TABS[0], order_by="created_at", page_size="100", **query)
            assert {row.id for row in read.items} <= set(wanted), (name, query)
            assert (read.total, len(read.items)) == (len(wanted), min(len(wanted), 100)), (name, query)


def test_acc_14_pages_agree_with_the_whole_for_any_actor(world, population):
    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(arbitrary_actors(world, population), st.sampled_from(TABS), st.sampled_from(ORDERS))
    def agree(actor, tab, order) -> None:
        expected = _expected(actor, tab, order, population)
        read = _ask(actor, tab, order_by=order, page_size="100")
        assert [row.id for row in read.items] == expected[:100]
        assert read.total == len(expected)

    agree()
