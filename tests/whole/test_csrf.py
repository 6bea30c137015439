"""Changing requests prove that they come from our own pages (DESIGN.md, fab-notes *Rows*)."""

from __future__ import annotations

import pytest

from tests.support.web.person import Browser
from tests.support.web.routes import PUBLIC, all_routes

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _changing(app, *, api: bool):
    return [r for r in all_routes(app) if r.changes and r.is_api is api]


@pytest.mark.parametrize("username", ["", "admin"])
def test_every_changing_page_refuses_a_form_without_its_token(app, username):
    answers = {
        str(route): Browser(app, username).open(route.method, route.path()).status_code
        for route in _changing(app, api=False)
    }
    assert len(answers) >= 10
    assert set(answers.values()) == {400}, answers


@pytest.mark.parametrize("token", ["", "x", "made.up.token", "中文"])
def test_a_made_up_token_is_no_token(app, token):
    browser = Browser(app, "admin")
    response = browser.open("POST", "/customers/new", data={"csrf_token": token, "name": "无效令牌"})
    assert response.status_code == 400


def test_the_token_of_another_session_is_no_token(app):
    mine, other = Browser(app, "admin"), app.test_client()
    with other.session_transaction() as session:
        session["csrf_token"] = "f" * 40
    assert other.post("/login/", data={"csrf_token": mine.token}).status_code == 400


def test_the_api_with_the_cookie_needs_the_token(app):
    answers = {}
    for route in _changing(app, api=True):
        if route.endpoint not in PUBLIC and not route.endpoint.startswith("TokenApi."):
            answers[str(route)] = Browser(app, "admin").open(route.method, route.path(), json={}).status_code
    assert len(answers) >= 6
    assert set(answers.values()) == {400}, answers


def test_the_api_with_the_cookie_and_the_token_is_served(app):
    browser = Browser(app, "agent")
    headers = {"X-CSRFToken": browser.token}
    answer = browser.open("POST", "/api/v1/customers", json={}, headers=headers)
    assert answer.status_code == 422
    assert browser.open("POST", "/api/v1/notifications/read", json={}, headers=headers).status_code == 200


def test_the_api_with_a_bearer_token_needs_no_other(api):
    assert api("agent").post("/notifications/read").status_code == 200


def test_a_worthless_bearer_does_not_replace_the_token(app):
    """A request with a cookie must not avoid the token by adding a header that any other site could add."""
    browser = Browser(app, "agent")
    for value in ("Bearer x", "Basic x", "x"):
        headers = {"Authorization": value}
        answer = browser.open("POST", "/api/v1/notifications/read", json={}, headers=headers)
        assert answer.status_code == 401, value
