"""A filtered list keeps its statement by the names of its filters; each value finds its own rows (CUST-13)."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC
from app.customers.shared.queries import visible_customers
from app.customers.shared.rows import CUSTOMER_ROWS
from app.kernel.lists import paging
from app.kernel.lists.kept import kept_list
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.lists.rows import RowReader
from tests.support.make import make_customer, make_platform_customer

KEY = ("customers", "")


@pytest.fixture
def people(world):
    """Customers of two agents, of both pools."""
    for name in ("agent", "agent", "agent2"):
        make_customer(world.actor(name))
        make_platform_customer(world.actor(name))
    return world


def _found(actor, **args):
    """Return the rows that the list finds, and its kept statement."""
    whole = visible_customers(actor)
    asked = read_list_request(SPEC, MultiDict(args))
    assert not asked.errors
    statement, plans, bound = kept_list(actor, KEY, whole, SPEC, asked)
    reader = RowReader(CUSTOMER_ROWS, ["name"], actor)
    page = fetch_page(statement, SPEC, asked, plans=plans, reader=reader, bound=bound)
    plain = fetch_page(apply_filters(whole, SPEC, asked, actor), SPEC, asked, reader=reader)
    ids = [row.id for row in page.items]
    assert (ids, page.total, page.after) == ([row.id for row in plain.items], plain.total, plain.after)
    return ids, statement


@pytest.mark.both
@pytest.mark.parametrize("reader", ["admin", "agent", "manager", "regional"])
def test_each_value_finds_its_own_rows_by_one_statement(people, reader):
    actor = people.actor(reader)
    one, two = (str(people.actor(name).id) for name in ("agent", "agent2"))
    first, kept = _found(actor, owner_id=one)
    second, again = _found(actor, owner_id=two)
    assert kept is again
    assert not set(first) & set(second)
    assert _found(actor, owner_id=one)[0] == first
    both, other = _found(actor, owner_id=one, follow_status="following")
    assert other is not kept
    assert set(both) <= set(first)
    assert _found(actor, owner_id=one, pool="platform")[0] == []


@pytest.mark.both
def test_pages_of_a_kept_statement_go_on_where_the_last_one_ended(people):
    actor = people.actor("admin")
    seen, after = [], {}
    for _ in range(3):
        whole = visible_customers(actor)
        asked = read_list_request(SPEC, MultiDict({"pool": "platform", "page_size": "1", **after}))
        statement, plans, bound = kept_list(actor, KEY, whole, SPEC, asked)
        page = fetch_page(statement, SPEC, asked, plans=plans, bound=bound)
        seen += [one.id for one in page.items]
        after = {"after": page.after} if page.after else {}
    assert len(set(seen)) == 3


def test_other_filters_are_applied_as_before(people):
    actor = people.actor("admin")
    whole = visible_customers(actor)
    for args in ({"name": "客户"}, {"overdue": "1"}, {"owner_id": "1", "created_from": "2026-01-01"}):
        statement, plans, bound = kept_list(actor, KEY, whole, SPEC, read_list_request(SPEC, MultiDict(args)))
        assert (plans, bound) == (None, {}), args
        assert statement is not whole


def test_that_one_value_finds_very_many_is_not_remembered_for_another(people, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_LIMIT", 1)
    actor, few = people.actor("admin"), str(people.actor("agent2").id)
    whole = visible_customers(actor)
    totals = []
    for pk in (str(people.actor("agent").id), few):
        asked = read_list_request(SPEC, MultiDict({"owner_id": pk, "page_size": "1"}))
        statement, plans, bound = kept_list(actor, KEY, whole, SPEC, asked)
        page = fetch_page(statement, SPEC, asked, plans=plans, bound=bound)
        totals.append((page.total, page.total_is_exact))
    assert totals == [(1, False), (1, True)]
