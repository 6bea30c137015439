"""A page costs a fixed number of statements, whatever its rows (DESIGN.md, *Lists*; CUST-15, ACC-16)."""

from __future__ import annotations

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.pool.pushes.services import push_customer
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer
from tests.support.people.world import PASSWORD
from tests.support.web.pages import Page
from tests.support.web.person import Browser

LIST = 8
DETAIL = 12
TAB = 8
READERS = ["agent", "manager", "regional", "admin", "auditor"]
TABS = ["timeline", "follow_ups", "edits", "operations", "reveals"]


def _asked(app, browser: Browser, path: str) -> list[str]:
    """Return the statements of a page once the process's caches are filled."""
    browser.page(path)
    with count_statements(app) as seen:
        browser.page(path)
    return list(seen)


def _some_customers(world, number: int) -> None:
    agent = world.actor("agent")
    demand = {"kind": "buy", "district_ids": [world.district("锦江区").id]}
    for _ in range(number // 2):
        make_customer(agent, demand=demand)
        make_platform_customer(agent, demand=demand)
    db.session.commit()


def test_a_list_costs_the_same_for_one_page_of_rows_as_for_two_rows(app, world):
    path = "/customers/?page_size=100"
    _some_customers(world, 2)
    browsers = {username: Browser(app, username) for username in READERS}
    few = {username: len(_asked(app, browser, path)) for username, browser in browsers.items()}
    _some_customers(world, 58)
    for username, browser in browsers.items():
        many = _asked(app, browser, path)
        assert len(browser.page(path).one("tbody").all("tr")) == 60, username
        assert len(many) == few[username] <= LIST, (username, many)


@pytest.mark.parametrize("username", READERS)
def test_every_tab_of_the_list_is_within_the_bound(app, world, username):
    _some_customers(world, 12)
    browser = Browser(app, username)
    for tab in ("personal", "platform", "private", "pending", "off_shelf"):
        asked = _asked(app, browser, f"/customers/?tab={tab}&page_size=10&name=客户")
        assert len(asked) <= LIST, (tab, asked)


@pytest.mark.parametrize("username", READERS)
def test_the_customers_list_reads_its_rows_in_one_statement(app, world, username):
    """The account, rows with all that cells and rules read, the number; beside them badges and saved filters."""
    _some_customers(world, 30)
    browser = Browser(app, username)
    assert len(_asked(app, browser, "/customers/?page_size=10")) <= 5
    narrowed = _asked(app, browser, f"/customers/?page_size=10&owner_id={world.actor('agent').id}")
    assert len(narrowed) <= 5
    assert sum("customer.name" in one for one in narrowed) == 1, narrowed
    fragment = {"HX-Request": "true"}
    owner = f"owner_id={world.actor('agent').id}"
    # Three where the number of rows is known: all on the page, or more than are counted; else it is counted.
    for path, most in (("page_size=100", 3), (f"page_size=100&{owner}", 3), ("page_size=10", 4)):
        browser.get(f"/customers/?{path}", headers=fragment)
        with count_statements(app) as moved:
            assert browser.get(f"/customers/?{path}", headers=fragment).status_code == 200
        assert len(moved) <= most, (path, moved)
    browser.get("/api/v1/customers")  # fills the caches
    with count_statements(app) as answered:
        assert browser.get("/api/v1/customers?page_size=10").status_code == 200
    assert len(answered) <= 3, answered


def test_the_counts_of_all_tabs_cost_one_statement_each(app, world):
    _some_customers(world, 10)
    browser = Browser(app, "agent")
    browser.get("/customers/counts")
    with count_statements(app) as seen:
        browser.get("/customers/counts")
    assert seen.count <= LIST, seen


def _long_history(world, pk: int, number: int) -> None:
    agent = world.actor("agent")
    for step in range(number):
        follow_up(pk, content=f"第 {step} 次", method="phone", actor=agent)
        version = get_customer(pk, actor=agent).version
        update_customer(pk, version=version, values={"remark": f"备注 {number} {step}"}, actor=agent)
        reveal_phone(pk, purpose=f"第 {step} 次", actor=agent)
    db.session.commit()


def test_cust_15_a_detail_and_its_tabs_cost_the_same_however_long_the_history(app, world):
    pk = make_customer(world.actor("agent")).id
    paths = [f"/customers/{pk}", *(f"/customers/{pk}/tab/{tab}" for tab in TABS)]
    browsers = [Browser(app, username) for username in READERS]
    _long_history(world, pk, 2)
    short = [[len(_asked(app, browser, path)) for path in paths] for browser in browsers]
    _long_history(world, pk, 15)
    long = [[len(_asked(app, browser, path)) for path in paths] for browser in browsers]
    assert long == short
    assert max(counts[0] for counts in short) <= DETAIL, short
    assert max(max(counts[1:]) for counts in short) <= TAB, short


def test_off_1_the_joined_first_page_costs_twelve_statements_at_most(app, world):
    """Every kind of line, a platform customer with all its steps, opened from a list; then older lines."""
    agent, colleague = world.actor("agent"), world.actor("agent3")
    district = world.district("锦江区").id
    pk = make_platform_customer(agent, state="private", demand={"kind": "buy", "district_ids": [district]}).id
    _long_history(world, pk, 12)
    unshelve_customer(pk, reason="other", actor=agent)
    shelve_customer(pk, remark="又想买了", handler_id=agent.id, actor=world.actor("manager"))
    push_customer(pk, receiver_id=colleague.id, actor=agent)
    db.session.commit()
    came = {"Referer": "http://localhost/customers/?name=客户&order_by=created_at"}
    for username in (*READERS, "agent3"):
        browser = Browser(app, username)
        browser.get(f"/customers/{pk}", headers=came)
        with count_statements(app) as seen:
            page = Page(browser.get(f"/customers/{pk}", headers=came))
        assert len(seen) <= DETAIL, (username, seen)
        older = [one["href"] for one in page.all("a") if "before=" in one["href"]]
        for address in older[:1]:
            costs = {len(_asked(app, browser, address)) for _ in range(2)}
            assert max(costs) <= TAB, (username, costs)


@pytest.mark.parametrize("path", ["/", "/inbox/", "/todos/", "/operation-log/", "/customers/new", "/login/"])
def test_the_other_pages_are_bounded_too(app, world, path):
    _some_customers(world, 30)
    bound = 16 if path == "/" else LIST
    username = "" if path == "/login/" else "admin"
    asked = _asked(app, Browser(app, username), path)
    assert len(asked) <= bound, asked


def test_signing_in_costs_a_handful_of_statements(app):
    form = {"username": "agent", "password": PASSWORD}
    Browser(app).post("/login/", form)
    browser = Browser(app)
    with count_statements(app) as seen:
        assert browser.post("/login/", form).status_code == 303
    assert seen.count <= 7, seen  # the last one: on which page the person begins (OFF-10)


def test_a_remembered_person_costs_one_statement_a_request(app):
    """The account, its session's epoch and the organisation's version are read at once."""
    browser = Browser(app, "agent")
    browser.get("/nothing-here")
    browser.page("/customers/new")
    with count_statements(app) as seen:
        browser.get("/language/zh")
        browser.open("HEAD", "/options/districts")
    assert sum("ab_user" in statement for statement in seen) <= 2, seen
