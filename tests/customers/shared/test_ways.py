"""Lists walk the ways on which a person reaches customers one by one (ACC-6, CUST-13): what they show, and in
which order, is what the scope as one condition says; by page and by place, forwards and backwards.
"""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC, TABS
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.lists.counts import count_up_to
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import Position, apply_filters, read_list_request
from tests.support.people.population import Population

pytestmark = pytest.mark.both

PEOPLE = ("admin", "auditor", "agent", "manager", "regional", "broker", "other_agent")
ORDERS = ("-created_at", "created_at", "-last_follow_up_at", "last_follow_up_at")
SIZE = 23


@pytest.fixture
def population(world, database):
    database.scene("population", lambda: Population(world).fill())


def _args(**given):
    return MultiDict({name: str(value) for name, value in given.items()})


def _plain(statement, order):
    """Ids as the scope's one condition and plain sorting give them."""
    name = order.removeprefix("-")
    rows = db.session.execute(statement.with_only_columns(Customer.id, getattr(Customer, name))).all()
    oldest = min((at for _pk, at in rows if at), default=None)
    known = sorted((at, pk) for pk, at in rows if at)
    unknown = sorted(pk for pk, at in rows if not at)
    ids = [*unknown, *(pk for _at, pk in known)]
    assert oldest is None or len(ids) == len(rows)
    return ids[::-1] if order.startswith("-") else ids


def _walk(statement, order, *, backwards=False, start=""):
    """Ids of all pages, from place to place; the places as they were given."""
    seen, place, label = [], start, 1
    for _page in range(200):
        way = "before" if backwards else "after"
        asked = read_list_request(
            SPEC, _args(order_by=order, page_size=SIZE, page=label, **{way: place})
        ).enforce()
        found = fetch_page(statement, SPEC, asked)
        ids = [one.id for one in found.items]
        seen = ids + seen if backwards else seen + ids
        place = found.before if backwards else found.after
        label += 1
        if not place:
            return seen
    raise AssertionError("no end")


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
def test_cust_13_every_page_by_place_is_the_plain_list(world, population, order):
    for name in PEOPLE:
        for tab in TABS:
            statement = tab.scope(world.actor(name))
            plain = _plain(statement, order)
            assert _walk(statement, order) == plain, (name, tab.key)
            assert count_up_to(statement) == len(plain), (name, tab.key)


@pytest.mark.parametrize("order", ORDERS)
def test_cust_13_backwards_from_the_end_leads_to_the_beginning(world, population, order):
    for name in ("admin", "manager", "agent"):
        statement = TABS[0].scope(world.actor(name))
        plain = _plain(statement, order)
        with unscoped("test: the last of the list"):
            last = db.session.get(Customer, plain[-1])
        end = Position(order, getattr(last, order.removeprefix("-")), last.id).word()
        assert _walk(statement, order, backwards=True, start=end) == plain[:-1], name


def test_cust_13_pages_by_number_are_the_same_pages(world, population):
    for name in ("admin", "manager", "agent"):
        statement = TABS[0].scope(world.actor(name))
        plain = _plain(statement, "-created_at")
        for page in (1, 2, 5):
            asked = read_list_request(SPEC, _args(page=page, page_size=10)).enforce()
            found = fetch_page(statement, SPEC, asked)
            assert [one.id for one in found.items] == plain[(page - 1) * 10 : page * 10]


def test_cust_13_filters_hold_on_every_way(world, population):
    for name in ("admin", "manager", "agent"):
        actor = world.actor(name)
        for given in ({"follow_status": "pending"}, {"pool": "platform"}, {"name": "户1"}, {"name": "客"}):
            asked = read_list_request(SPEC, _args(**given, page_size=100)).enforce()
            statement = apply_filters(TABS[0].scope(actor), SPEC, asked, actor)
            assert [one.id for one in fetch_page(statement, SPEC, asked).items] == _plain(
                statement, "-created_at"
            )[:100], (name, given)


def test_cust_13_a_limit_stops_the_count(world, population):
    for name in ("admin", "manager", "agent"):
        statement = TABS[0].scope(world.actor(name))
        total = len(_plain(statement, "-created_at"))
        assert total > 20
        assert count_up_to(statement, 20) == 21
        assert count_up_to(statement, total) == total


def test_a_joined_statement_is_not_taken_apart_but_right(world, population):
    """What a later context adds to a scope must never widen it."""
    actor = world.actor("manager")
    joined = TABS[0].scope(actor).join(Customer.owner).where(Customer.owner_id == actor.id)
    asked = read_list_request(SPEC, _args()).enforce()
    found = fetch_page(joined, SPEC, asked)
    assert {one.owner_id for one in found.items} <= {actor.id}
    assert count_up_to(joined) == len(db.session.execute(joined).all())


@pytest.mark.parametrize(
    "word",
    [
        "x",
        "WyJ4Il0",
        "%00",
        "A" * 500,
        Position("created_at", 1, 1).word(),
        Position("-created_at", 7, 1).word(),
    ],
)
def test_a_place_that_is_none_is_refused_by_the_api_and_passed_over_by_the_page(world, word):
    asked = read_list_request(SPEC, _args(after=word))
    assert set(asked.errors) == {"after"}
    assert asked.after is None
