"""PLAT-9: one grammar of paging and order; bad values are named; pages are bounded; a unique last key keeps
every row on exactly one page; a page costs a fixed number of statements.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.lists import counts
from app.kernel.lists.counts import count_up_to
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    ListSpec,
    apply_filters,
    read_list_request,
)
from app.notices.models import TODO_STATE, Todo
from tests.support.databases.statements import count_statements

pytestmark = pytest.mark.both

SPEC = ListSpec(
    (ChoiceFilter("state", "State", Todo.state, TODO_STATE), ContainsFilter("title", "Title", Todo.message)),
    {"due_at": Todo.due_at, "done_at": Todo.done_at, "created_at": Todo.created_at},
    "-created_at",
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def _asked(**args):
    return read_list_request(SPEC, MultiDict(args))


def test_what_is_not_asked_for_has_its_default():
    asked = _asked()
    assert (asked.page, asked.page_size, asked.order_by) == (1, DEFAULT_PAGE_SIZE, "-created_at")
    assert asked.values == {}
    assert asked.enforce() is asked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"), ("page", "-1"), ("page", "1.5"), ("page", "x"), ("page", "9" * 30),
        ("page", "99999999"),
        ("page", "２"), ("page_size", "0"), ("page_size", "all"), ("page_size", "-5"),
        ("order_by", "password"), ("order_by", "--created_at"), ("order_by", "message"),
        ("order_by", "id; --"),
        ("order_by", "-"), ("state", "closed"), ("title", "x" * 300),
        ("after", "x"), ("before", "eyJ4IjoxfQ"), ("after", "9" * 500),
    ],
)  # fmt: skip
def test_plat_9_wrong_arguments_are_named_and_left_out(bare, name, value):
    asked = _asked(**{name: value})
    assert list(asked.errors) == [name]
    assert str(asked.errors[name])
    with pytest.raises(Invalid) as caught:
        asked.enforce()
    assert list(caught.value.fields) == [name]
    assert (asked.page, asked.page_size, asked.order_by) == (1, DEFAULT_PAGE_SIZE, "-created_at")
    assert asked.values == {}


def test_plat_9_every_wrong_argument_is_named_at_once():
    asked = _asked(page="x", page_size="y", order_by="z", state="q")
    assert set(asked.errors) == {"page", "page_size", "order_by", "state"}


@pytest.mark.parametrize(("typed", "size"), [("1", 1), ("100", 100), ("101", 100), ("10000000", 100)])
def test_plat_9_page_size_is_clamped(typed, size):
    asked = _asked(page_size=typed)
    assert (asked.page_size, asked.errors) == (size, {})
    assert MAX_PAGE_SIZE == 100


@pytest.fixture
def fill(world):
    """``fill(n)``: create to-dos, many at the same moment; every third one done."""

    def put(number):
        for n in range(number):
            moment = START + timedelta(days=n // 7)
            db.session.add(
                Todo(
                    assignee_id=world.actor("agent").id,
                    message=f"to-do {n}",
                    parameters={},
                    due_at=moment,
                    created_at=moment,
                    state="done" if n % 3 == 0 else "open",
                    done_at=moment if n % 3 == 0 else None,
                )
            )
        db.session.commit()

    return put


def _page(**args):
    asked = _asked(**args).enforce()
    return fetch_page(apply_filters(select(Todo), SPEC, asked, None), SPEC, asked)


def _keys(**args):
    """Return the ids of all pages in turn, by number."""
    found, number = [], 1
    while items := _page(page=str(number), page_size="4", **args).items:
        found += [todo.id for todo in items]
        number += 1
    return found


def _walk(name, cursor, **args):
    """Return the ids of all pages in turn, by cursor."""
    page = _page(page_size="4", **args, **{name: cursor})
    ids = [todo.id for todo in page.items]
    further = getattr(page, name)
    return [ids, *(_walk(name, further, **args) if further else [])]


ORDERS = ["created_at", "-created_at", "due_at", "-due_at", "done_at", "-done_at"]


@pytest.mark.parametrize("order", ORDERS)
def test_plat_9_equal_values_do_not_shuffle_between_pages(world, fill, order):
    fill(23)
    keys = _keys(order_by=order)
    assert sorted(keys) == sorted({*keys})
    assert len(keys) == 23


@pytest.mark.parametrize("order", ORDERS)
def test_plat_9_next_and_previous_walk_the_same_list(world, fill, order):
    fill(23)
    keys = _keys(order_by=order)
    first = _page(page_size="4", order_by=order)
    forward = [[todo.id for todo in first.items], *_walk("after", first.after, order_by=order)]
    assert [pk for page in forward for pk in page] == keys
    assert first.before == ""
    last = _page(page_size="4", order_by=order, page="6")
    backward = _walk("before", last.before, order_by=order)
    assert [pk for page in reversed(backward) for pk in page] == keys[:20]


@pytest.mark.parametrize(("order", "place"), [("done_at", "first"), ("-done_at", "last")])
def test_plat_9_nothing_counts_as_oldest_on_both_databases(world, fill, order, place):
    fill(9)
    missing = [todo.done_at is None for todo in _page(order_by=order).items]
    assert missing == sorted(missing, reverse=place == "first")
    assert sum(missing) == 6


def test_plat_9_a_cursor_of_another_order_is_refused(world, fill):
    fill(9)
    cursor = _page(page_size="4", order_by="due_at").after
    assert _asked(order_by="due_at", after=cursor).errors == {}
    assert list(_asked(order_by="created_at", after=cursor).errors) == ["after"]


@pytest.mark.parametrize(
    ("rows", "args", "total", "shown"),
    [
        (0, {}, 0, 0),
        (5, {}, 5, 5),
        (20, {}, 20, 20),
        (21, {}, 21, 20),
        (21, {"page": "2"}, 21, 1),
        (21, {"page": "3"}, 21, 0),
        (21, {"page": "9999999"}, 21, 0),
        (21, {"state": "done"}, 7, 7),
        (21, {"state": "done", "title": "to-do 1"}, 3, 3),
    ],
)
def test_plat_9_totals(world, fill, rows, args, total, shown):
    fill(rows)
    page = _page(**args)
    assert (page.total, page.total_is_exact, len(page.items)) == (total, True, shown)


@pytest.mark.parametrize(("limit", "counted"), [(4, 5), (6, 7), (7, 7), (8, 7), (100, 7)])
def test_plat_9_counting_stops_one_past_the_limit(world, fill, limit, counted):
    fill(7)
    assert count_up_to(select(Todo), limit) == counted


def test_plat_9_past_the_limit_the_total_is_a_lower_bound(world, fill, monkeypatch):
    from app.kernel.lists import paging as lists

    fill(12)
    monkeypatch.setattr(lists, "COUNT_LIMIT", 5)
    monkeypatch.setattr(counts.count_statement, "__defaults__", (5,))
    page = _page(page_size="3")
    assert (page.total, page.total_is_exact) == (5, False)
    assert len(_page(page_size="3", page="4").items) == 3, "deep pages can be read all the same"


def test_a_page_costs_the_same_whatever_its_rows(world, fill, app):
    def cost():
        db.session.expire_all()
        with count_statements(app) as seen:
            _page(page_size="50")
        return seen.count

    fill(2)
    few = cost()
    fill(40)
    assert cost() == few <= 3
