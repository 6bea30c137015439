"""Requests that none of our clients sends: odd queries, ids, methods, headers, cookies; the server never
crashes.
"""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from flask.sessions import SecureCookieSessionInterface
from hypothesis import given
from hypothesis import strategies as st

from tests.support import make
from tests.support.api.fuzz import bounded
from tests.support.web.badinput import ODD_VALUES, check_answer, row_counts
from tests.support.web.clients import ApiClient, apart, csrf_token, sign_in
from tests.support.web.routes import all_routes

QUERIES = [
    "page=0", "page=-1", "page=1e9", "page=99999999999999999999", "page=abc", "page=%EF%BC%91",
    "page=1&page=2", "page=%00", "page[]=1", "page_size=0", "page_size=-5", "page_size=100000",
    "page_size=x", "order_by=password", "order_by=-", "order_by=--created_at", "order_by=created_at;drop",
    "order_by=%ff", "tab=nothing", "tab=%00", "name=%25", "name=_", "name=%27%20OR%201=1--",
    "name=%ff%fe", "name=%ED%A0%80", "name=%00", "name=" + "x" * 9000, "name=%7B%7B7*7%7D%7D",
    "name=%3Cscript%3Ealert(1)%3C/script%3E", "name=%E2%80%AE", "phone=abc", "phone=%D9%A3",
    "phone=138001380001", "phone=1234", "owner_id=x", "owner_id=-1",
    "owner_id=00000000001999999999999999", "owner_id=9223372036854775808", "department_id=1.5",
    "customer_id=%00", "created_from=2026-02-30", "created_from=0000-00-00",
    "created_from=9999-12-31&created_to=9999-12-31", "created_from=2026-01-01T00:00",
    "created_to=10000-01-01", "last_follow_up_from=1899-12-31", "grade=E", "pool=",
    "follow_status=%F0%9F%98%80", "q=%25%25", "q=" + "%E9%95%BF" * 500, "after=nonsense", "before=%00",
    "cursor=e30", "_drawer=1", "_drawer=2", "next=//evil.example", "=", "&&&", "%", "%zz", "a" * 5000,
    ";", "?", "__class__=1", "utf8=%E2%9C%93",
]  # fmt: skip
IDS = [
    "0", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 60, "abc", "1.5", "1e3",
    "%00", "1%00", "..", "%2e%2e", "1;drop", "1'", "null", "%ff", "%F0%9F%98%80", "x" * 3000,
]  # fmt: skip
METHODS = [
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "PUT",
    "DELETE",
    "PATCH",
    "BREW",
    "get",
    "\u00e9",
]
HEADERS = [
    {"Accept-Language": "*"}, {"Accept-Language": ";;;"}, {"Accept-Language": "zh;q=x, en;q=9"},
    {"Accept-Language": "x" * 4000}, {"Accept-Language": "tlh-Klingon"},
    {"Accept-Language": "zh-Hant-TW,zh"}, {"Accept": "nonsense"}, {"Accept": "text/x-nothing"},
    {"Accept-Encoding": "br;q=2"}, {"Range": "bytes=9-1"}, {"If-None-Match": '"'},
    {"If-Modified-Since": "yesterday"}, {"X-Forwarded-For": "a, b, c"}, {"X-Forwarded-Proto": "gopher"},
    {"X-Forwarded-Host": "evil.example"}, {"Host": "evil.example"}, {"Host": "a b"}, {"Host": "[::1"},
    {"Origin": "null"}, {"Referer": "%%%"}, {"X-Request-Id": "x" * 500}, {"X-CSRFToken": "x"},
    {"Content-Length": "-1"}, {"Content-Length": "abc"}, {"Transfer-Encoding": "chunked"},
    {"Cookie": "kepan=garbage"}, {"Cookie": "kepan=.eJw.x.y"}, {"Cookie": "=;=;;"},
    {"Cookie": "kepan=" + "x" * 9000}, {"Cookie": 'kepan="\\777"'}, {"Idempotency-Key": "x" * 5000},
    {"Idempotency-Key": "\u00e9"},
]  # fmt: skip
TOKENS = [
    "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YWRtaW46YWRtaW4=", "bearer null", "Token x",
    " ", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiZXBvY2giOjB9.", "Bearer " + "x" * 9000,
    "Bearer \u00e9",
]  # fmt: skip


LISTS = {
    "/customers/", "/todos/", "/inbox/", "/operation-log/", "/api/v1/customers", "/api/v1/staff",
    "/api/v1/todos", "/api/v1/customers/1/follow-ups",
}  # fmt: skip
HEADED = {
    "/", "/customers/", "/customers/new", "/login/", "/healthz", "/api/v1/customers", "/api/v1/me",
    "/api/v1/customers/<int:pk>",
}  # fmt: skip


def _reading(app) -> list:
    return [route for route in all_routes(app) if route.method == "GET" and "static" not in route.endpoint]


@pytest.fixture
def population(database) -> None:
    agent = database.world.actor("agent")
    apart(database.app, lambda: [make.make_customer(agent).id for _ in range(3)])


# Requests that never reach the database are sent once.
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Visitor:
    """Sends requests as one person, to pages and to the API, and collects failures, once for each address."""

    def __init__(self, app, username: str) -> None:
        self.browser, self.api = sign_in(app.test_client(), username), ApiClient(app, username)
        self.csrf = csrf_token(self.browser)
        self.wrong: dict[str, str] = {}
        self.asked = 0

    def ask(self, route, path: str, method: str = "", headers=None) -> None:
        """Send one request; a changing one carries its token."""
        sent = {"Authorization": f"Bearer {self.api.token}"} if route.is_api else {"X-CSRFToken": self.csrf}
        body = {"json": {}} if route.is_api and route.changes else {}
        client = self.api.http if route.is_api else self.browser
        self.asked += 1
        try:
            answer = client.open(
                path, method=method or route.method, headers={**sent, **(headers or {})}, **body
            )
            check_answer(answer)
            answer.close()
        except Exception as error:  # noqa: BLE001 - a crash of the client is a finding too
            self.wrong.setdefault(str(route), f"{method} {path[:90]} {headers}: {str(error)[:200]}")


@pytest.mark.both
@pytest.mark.slow
def test_odd_queries_break_no_address(database, population):
    visitor = Visitor(database.app, "admin")
    few = 14 if database.backend == "sqlite" else len(QUERIES)
    for number, route in enumerate(_reading(database.app)):
        lists = route.path() in LISTS
        for query in QUERIES if lists else QUERIES[number % few :: few]:
            visitor.ask(route, f"{route.path()}?{query}")
    assert visitor.wrong == {}
    assert visitor.asked > 500


@pytest.mark.both
@pytest.mark.slow
def test_odd_ids_are_not_found(database, population):
    visitor = Visitor(database.app, "admin")
    before = row_counts(database.app)
    numbered = [
        route for route in all_routes(database.app) if "<" in route.rule and "static" not in route.rule
    ]
    for number, route in enumerate(numbered):
        for one in IDS if number % 8 == 0 else IDS[number % 6 :: 6]:
            visitor.ask(route, route.path().replace("/1", f"/{one}", 1))
    assert visitor.wrong == {}
    assert row_counts(database.app) == before


@ON_SQLITE
@pytest.mark.slow
def test_odd_methods_break_no_address(database, population):
    visitor = Visitor(database.app, "agent")
    before = row_counts(database.app)
    routes = all_routes(database.app)
    known = {(route.rule, route.method) for route in routes}
    turns = cycle(METHODS)
    for route in routes:
        for method in islice(turns, 4):
            exports = method.upper() == "GET" and route.rule.endswith("/export")  # one, and logged as such
            if (route.rule, method) not in known and not exports:
                visitor.ask(route, route.path(), method)
    assert visitor.wrong == {}
    assert row_counts(database.app) == before


@ON_SQLITE
@pytest.mark.slow
def test_odd_headers_break_no_address(database, population):
    visitor = Visitor(database.app, "agent")
    chosen = [route for route in all_routes(database.app) if route.rule in HEADED]
    assert len(chosen) >= len(HEADED)
    for route in chosen:
        for headers in HEADERS:
            visitor.ask(route, route.path(), headers=headers)
    assert visitor.wrong == {}


@ON_SQLITE
@pytest.mark.parametrize("value", TOKENS)
def test_odd_tokens_do_not_sign_in(database, value):
    client = database.app.test_client(use_cookies=False)
    for method, path in (
        ("GET", "/api/v1/me"),
        ("POST", "/api/v1/customers"),
        ("GET", "/api/v1/openapi.json"),
    ):
        answer = client.open(path, method=method, headers={"Authorization": value})
        check_answer(answer, value)
        assert answer.status_code == 401
    check_answer(client.post("/api/v1/security/refresh", headers={"Authorization": value}), value)


SESSIONS = [
    {"locale": "xx"}, {"locale": 7}, {"locale": None}, {"locale": ["zh"]}, {"_user_id": "abc"},
    {"_user_id": "1"}, {"_user_id": "1:x"}, {"_user_id": "9" * 40 + ":0"}, {"_user_id": 1},
    {"_user_id": None}, {"_user_id": ":"}, {"_user_id": "²:0"}, {"csrf_token": 5},
    {"_flashes": [["danger", "x"]]}, {"page_history": 1},
]  # fmt: skip


@ON_SQLITE
@pytest.mark.parametrize("content", SESSIONS, ids=str)
def test_sessions_of_an_earlier_version_are_not_trusted(database, content):
    """The session is signed by us, but its content is not what we expect."""
    signer = SecureCookieSessionInterface().get_signing_serializer(database.app)
    client = database.app.test_client()
    client.set_cookie("kepan", signer.dumps(content))
    for path in ("/", "/login/", "/customers/", "/api/v1/me"):
        answer = client.get(path)
        check_answer(answer, (path, content))
        assert answer.status_code in {200, 302, 401}
    check_answer(client.post("/login/", data={"username": "agent"}), content)


@pytest.mark.both
@pytest.mark.slow
def test_no_query_breaks_the_lists(database, population):
    browser, api = sign_in(database.app.test_client(), "agent"), ApiClient(database.app, "agent")
    names = [
        "page", "page_size", "order_by", "tab", "name", "phone", "code", "owner_id", "department_id", "pool",
        "grade", "created_from", "created_to", "last_follow_up_from", "last_follow_up_to", "customer_id", "state", "q",
    ]  # fmt: skip
    words = st.sampled_from([*dict.fromkeys(map(str, ODD_VALUES))]) | st.text(max_size=12)

    @bounded(60 if database.backend == "sqlite" else 20)
    @given(query=st.dictionaries(st.sampled_from(names), words, min_size=1, max_size=5))
    def ask(query):
        encoded = {name: value.encode(errors="replace").decode() for name, value in query.items()}
        for path in ("/customers/", "/todos/", "/operation-log/", "/options/staff"):
            check_answer(browser.get(path, query_string=encoded), (path, encoded))
        for path in ("/customers", "/staff", "/todos", "/customers/1/follow-ups"):
            answer = api.get(path, **encoded)
            check_answer(answer, (path, encoded))
            assert answer.status_code in {200, 404, 422}

    ask()
