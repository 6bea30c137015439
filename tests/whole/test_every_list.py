"""PLAT-9, CUST-13: every list in every order that it offers, for every role; every filter with any value."""

from __future__ import annotations

import base64
import itertools
import json
import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from app.channel.fees.services import create_fee, void_fee
from app.channel.ranking.filters import RANKING
from app.kernel.clock import now
from app.kernel.database.session import db
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import ListRequest, Position, read_list_request
from app.org.departments import services as org
from app.org.roles.names import BUILT_IN
from app.org.sessions.actors import actor_by_username
from tests.support.channel.scene import Channel, picture
from tests.support.make import make_customer, make_platform_customer, make_push, shelve
from tests.support.web.clients import ApiClient
from tests.support.web.listing import served_lists
from tests.support.web.person import Browser
from tests.support.web.routes import all_routes

BLANKS = ("", " ", "\t", "\u3000", "\u200b", " \u00a0 ")
GARBAGE = (
    "x", "-1", "0", "%", "_", "'", "\0", "\ud800".encode("utf-8", "surrogatepass"), "9" * 30, "1e9", "½", "٣",
    "2026-02-30", "2026-01-01T00:00", "9999-12-31", "x" * 300, "true",
)  # fmt: skip
SOURCES = Path(__file__).resolve().parents[2] / "app"
WITHOUT_STAFF = {"Broker", "BrokerOnSite", "Visitor"}  # roles whose accounts have no profile here
ROWS = 3
MOST = 40
_BODY = re.compile(r"<[^>]*>|\s+")


@pytest.fixture
def full(world) -> dict[str, int]:
    """Several rows in most of the lists; return the records for addresses."""
    channel = Channel(world)
    agent, mate = world.actor("agent"), world.actor("agent3")
    ids = {}
    for number in range(ROWS):
        customer = make_customer(agent, name=f"客户{number}")
        make_platform_customer(agent, state="private")
        make_platform_customer(agent)
        shelve(make_customer(agent))
        make_push(customer, sender=agent, receiver=mate)
        bound = channel.bound("broker1", f"甲{number}", [("138", f"100{number}")])
        channel.report("broker2", f"甲{number}", [("138", f"100{number}")])
        fee = create_fee(
            referral_id=bound.id, amount=Decimal("300.10") + number // 2,
            screenshot=picture(), actor=channel.actor("secretary"),
        )  # fmt: skip
        ids = {"customers": customer.id, "referrals": bound.id, "viewing-fees": fee.id}
        ids |= {"projects": channel.project.id, "tours": 1, "broker-companies": channel.companies[0].id}
        org.create_company(name=f"{'很长的名字' * 20}{number}", actor=world.actor("admin"))
    void_fee(fee.id, reason="重复", actor=channel.actor("director"))
    db.session.commit()
    return ids


def _walk(browser: Browser, path: str, tab: str, order: str) -> list[str]:
    """Return the failures on the way through a list, one row per page, to its end and back."""
    query = {"tab": tab, "order_by": order, "page_size": "1"}
    ways: dict[str, list[str]] = {"next": [], "prev": []}
    for direction, rows in ways.items():
        for _step in range(ROWS):
            answer = browser.get(path, query_string=query)
            if answer.status_code != 200:
                return [f"{answer.status_code} {path} {query}"]
            text = answer.get_data(as_text=True)
            rows.append(_BODY.sub("", text.partition("<tbody")[2].partition("</tbody")[0]))
            onward = re.search(rf'<a href="([^"]*)" rel="{direction}"', text)
            if onward is None or (direction == "next" and len(rows) == ROWS):
                break
            query = dict(parse_qsl(urlsplit(onward[1].replace("&amp;", "&")).query))
    if ways["prev"] != ways["next"][::-1]:
        return [f"another way back: {path} {tab} {order} {ways}"]
    return []


@pytest.mark.parametrize("role", BUILT_IN)
def test_cust_13_every_list_is_walked_in_every_order_by_every_role(app, full, role_user, role):
    browser = Browser(app, role_user(role))
    wrong, tried = [], 0
    for one in served_lists(app):
        if one.route.is_api or not one.is_for(role):
            continue
        for order in one.spec.orders:
            for sign in ("", "-"):
                wrong += _walk(browser, one.path(full), one.tabs[-1] if one.tabs else "", sign + order)
                tried += 1
    assert wrong == []
    assert tried or role in WITHOUT_STAFF


@pytest.mark.parametrize("role", BUILT_IN)
def test_plat_9_every_list_of_the_api_is_ordered_as_asked(app, full, role_user, role):
    client, wrong = ApiClient(app, role_user(role)), {}
    refused = {403, 404} if role in WITHOUT_STAFF else {404}
    for one in served_lists(app):
        if not one.route.is_api or not one.is_for(role) or one.spec is RANKING:  # CH-26: in one order only
            continue
        for order in one.spec.orders:
            for sign in ("", "-"):
                for page in (1, 2):
                    path = one.path(full).removeprefix("/api/v1")
                    answer = client.get(path, order_by=sign + order, page_size=1, page=page)
                    if answer.status_code not in {200, *refused}:
                        wrong[path, sign + order, page] = answer.status_code
    assert wrong == {}


def test_cust_13_an_order_by_any_column_leads_to_the_end_and_back(app, full):
    """As an administrator, with rows in the list: none is left out, and none appears twice."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    with_rows = set()
    for one in served_lists(app):
        view = views[one.route.endpoint.partition(".")[0]]
        if one.route.is_api:
            continue
        statement = type(view).scope(actor_by_username("admin"))
        for order in (sign + name for name in one.spec.orders for sign in ("", "-")):
            asked = ListRequest(page_size=MOST, order_by=order)
            whole = [row.id for row in fetch_page(statement, one.spec, asked).items]
            forward = _through(statement, one.spec, order, "after", "")
            last = forward[-1][1] if forward else ""
            assert [pk for pk, _before in forward] == whole, (one.route, order)
            back = _through(statement, one.spec, order, "before", last) if last else []
            assert [pk for pk, _place in back] == whole[-2::-1], (one.route, order)
            if len(whole) > 1:
                with_rows.add(one.route.endpoint)
    named = {"FeeView", "StaffView", "CustomerView", "CompanyView", "CollisionView"}
    assert {f"{name}.list" for name in named} <= with_rows


def _through(statement, spec, order: str, direction: str, place: str) -> list[tuple[int, str]]:
    """Return the ids of a list with one row per page, each with the position before it."""
    found = []
    while len(found) < MOST:
        args = {"order_by": order, "page_size": "1", **({direction: place} if place else {})}
        asked = read_list_request(spec, args)
        assert asked.errors == {}, (order, asked.errors)
        page = fetch_page(statement, spec, asked)
        if not page.items:
            break
        found.append((page.items[0].id, page.before))
        place = getattr(page, direction)
        if not place:
            break
    return found


@pytest.mark.parametrize(
    "value",
    [None, True, 7, 1.5, "名" * 200, Decimal("99.50"), Decimal("-0E-2"), now(), now().date()],
    ids=lambda value: type(value).__name__,
)
def test_cust_13_a_cursor_keeps_a_value_of_any_column_type(value):
    read = Position.read(Position("x", value, 3).word(), "x")
    assert (read.value, type(read.value)) == (value, type(value))


@pytest.mark.parametrize("value", ["\0", "\ud800"])
def test_plat_9_a_cursor_holds_no_text_that_a_database_refuses(value):
    word = base64.urlsafe_b64encode(json.dumps(["x", "v", value, 3]).encode()).decode().rstrip("=")
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with a cursor is a ValueError
        Position.read(word, "x")


def _argument_names(app) -> list[str]:
    """Return every argument that a list's filters or a view read from the address."""
    words = {name for one in served_lists(app) for f in one.spec.filters for name in f.names}
    for path in SOURCES.rglob("*.py"):
        words |= set(re.findall(r'args\.get\(\s*"(\w+)"', path.read_text()))
    return sorted(words - {"next"})


def _readers(app):
    return [r for r in all_routes(app) if r.method == "GET" and "static" not in r.endpoint]


@pytest.mark.parametrize("username", ["admin", "agent", "onsite", "consultant"])
def test_plat_9_blank_arguments_break_no_address(app, full, username):
    browser, wrong, turns = Browser(app, username), {}, itertools.cycle(BLANKS)
    names = _argument_names(app)
    assert {"owner_id", "sender_id", "page"} <= set(names)
    for route in _readers(app):
        for blank in itertools.islice(turns, 2):
            status = browser.get(route.path(full), query_string=dict.fromkeys(names, blank)).status_code
            if status >= 500:
                wrong[route.path(full)] = (blank, status)
    assert wrong == {}


def test_plat_9_no_value_of_any_filter_breaks_a_list(app, full):
    """Every value is read and asked of the database; lists of the API share the pages' filters."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    wrong, asked, admin = {}, 0, actor_by_username("admin")
    with app.test_request_context("/"):
        for one in (one for one in served_lists(app) if not one.route.is_api):
            scope = type(views[one.route.endpoint.partition(".")[0]]).scope
            for name, value in itertools.product(_filter_names(one), GARBAGE):
                try:
                    found = read_list_request(one.spec, MultiDict({name: _typed(value)}))
                    if found.values or found.after or found.before:
                        fetch_page(scope(admin), one.spec, found)
                        asked += 1
                except Exception as error:  # noqa: BLE001 - whatever it is, a page would be broken by it
                    db.session.rollback()
                    wrong[one.route.endpoint, name] = (value, repr(error)[:200])
    assert wrong == {}
    assert asked > 500


def _typed(value: str | bytes) -> str:
    """Return what the server makes of the bytes of an address."""
    return value if isinstance(value, str) else value.decode(errors="replace")


def _filter_names(one) -> list[str]:
    """Return the arguments of a list: its filters' and those of every list."""
    own = [name for f in one.spec.filters for name in f.names]
    return [*own, "page", "page_size", "order_by", "after", "before"]


def test_plat_9_no_value_of_any_filter_breaks_the_page(app, full):
    """Each argument of each list is sent with a value, in turn; filters of the API alone with every value."""
    browser, wrong, turns = Browser(app, "admin"), {}, itertools.cycle(GARBAGE)
    shown = [one.spec for one in served_lists(app) if not one.route.is_api]
    for one in served_lists(app):
        alone = [name for f in one.spec.filters for name in f.names] if one.spec not in shown else []
        pairs = [(name, next(turns)) for name in (*_filter_names(one), "tab")]
        for name, value in (*pairs, *itertools.product(alone, GARBAGE)):
            answer = browser.get(one.path(full), query_string={name: value})
            if answer.status_code >= 500:
                wrong[one.path(full), name] = (value, answer.status_code)
    assert wrong == {}


def test_plat_9_no_value_of_any_argument_breaks_an_address(app, full):
    """Each address is asked with some of the values, in turn; lists' arguments are sent by the tests above."""
    browser, wrong, turns = Browser(app, "admin"), {}, itertools.cycle(GARBAGE)
    names = _argument_names(app)
    for route in _readers(app):
        for value in itertools.islice(turns, 5):
            status = browser.get(route.path(full), query_string=dict.fromkeys(names, value)).status_code
            if status >= 500:
                wrong[route.path(full)] = (value, status)
    assert wrong == {}
