"""Rows read as columns: no list without its scope, whatever columns it shows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.listing.filters import SPEC
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.customers.shared.rows import CUSTOMER_ROWS
from app.kernel.access.guard import UnscopedAccessError
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import ListRequest
from app.kernel.lists.rows import RowReader
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer

ASKED = ListRequest(order_by="-created_at")


def test_a_list_without_the_scopes_mark_is_refused_before_it_is_asked(app, world):
    actor = world.actor("admin")
    reader = RowReader(CUSTOMER_ROWS, ["name"], actor)
    with count_statements(app) as seen, pytest.raises(UnscopedAccessError, match="customer bears no scope"):
        fetch_page(select(Customer), SPEC, ASKED, reader=reader)
    assert seen.count == 0


def test_one_statement_reads_keys_rows_and_facts_of_whatever_columns_are_shown(app, world):
    actor = world.actor("agent")
    made = make_customer(actor)
    for cells in (["name"], ["code", "remark", "held_by"], [*CUSTOMER_ROWS.reads]):
        with count_statements(app) as seen:
            page = fetch_page(
                visible_customers(actor), SPEC, ASKED, reader=RowReader(CUSTOMER_ROWS, cells, actor)
            )
        assert [row.id for row in page.items] == [made.id]
        assert page.facts[made.id].member == ""
        assert sum("FROM customer" in statement for statement in seen) == 1, seen


def test_columns_that_no_row_can_show_are_not_covered():
    assert CUSTOMER_ROWS.covers(["name", "remark"])
    assert not CUSTOMER_ROWS.covers(["name", "member_access"])
