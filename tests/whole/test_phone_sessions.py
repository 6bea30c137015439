"""ACC-18: a session of the phone pages opens these pages and nothing of the office, whoever signed in."""

from __future__ import annotations

import pytest
from flask import session

from app.org.roles.names import BACK_OFFICE
from app.org.sessions.login_sessions import open_session
from app.org.sessions.web_session import PHONE_ENDPOINTS, load_by_session
from tests.support.people.accounts import account
from tests.support.people.world import PASSWORD
from tests.support.web.person import _RAW_TOKEN, Browser
from tests.support.web.routes import all_routes

# Nothing here asks the database anything that the other one could answer differently.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _sign_in(app, username: str) -> Browser:
    browser = Browser(app, locale="en")
    typed = {"username": username, "password": PASSWORD}
    assert browser.post("/m/login?way=password", typed).status_code == 303
    with browser.client.session_transaction() as cookie:
        cookie["csrf_token"] = _RAW_TOKEN
    return browser


@pytest.mark.parametrize("role", BACK_OFFICE)
def test_acc_18_no_route_of_the_office_knows_a_phone_session_of_this_role(app, world, role_user, role):
    user = account(role_user(role))
    opened, identity = open_session(user, "phone").key, user.get_id()
    known = set()
    for route in all_routes(app):
        with app.test_request_context(route.path(), method=route.method):
            session["key"] = opened
            if load_by_session(identity) is not None:
                known.add((route.method, route.endpoint))
    phone = {pair for pair in known if pair[1].startswith("Phone")}
    assert len(phone) > 40
    assert known - phone == PHONE_ENDPOINTS


def test_acc_18_the_list_of_phone_endpoints_names_real_ones(app):
    assert {(route.method, route.endpoint) for route in all_routes(app)} >= PHONE_ENDPOINTS


@pytest.mark.parametrize("username", ["admin", "agent"])
def test_acc_18_a_phone_session_neither_reads_nor_changes_what_the_office_does(app, world, username):
    browser = _sign_in(app, username)
    assert browser.get("/m/").status_code == 200
    for path in ("/", "/customers/", "/account/password"):
        assert "/login/" in (browser.get(path).location or ""), path
    for path in ("/api/v1/customers", "/api/v1/referrals/export", "/api/v1/sessions"):
        assert browser.get(path).status_code == 401, path
    headers = {"X-CSRFToken": browser.token}
    for path in ("/api/v1/broker-companies", "/api/v1/referrals/1/close", "/api/v1/me/password"):
        sent = browser.open("POST", path, json={"name": "新公司"}, headers=headers)
        assert sent.status_code == 401, path
    assert browser.post("/referrals/1/close").status_code == 302
    assert browser.get("/api/v1/me").status_code == 200


def test_acc_18_a_phone_session_survives_pages_that_need_nobody(app, world):
    browser = _sign_in(app, "agent")
    assert browser.get("/login/").status_code == 200
    assert browser.post("/language/en").status_code == 303
    assert browser.get("/m/").status_code == 200, "still signed in"
