"""ACC-6, ACC-16: every route × every built-in role and anonymous users, from what the views declare."""

from __future__ import annotations

import pytest

from app.kernel.access.permissions import declared_grants
from app.org.roles.names import BACK_OFFICE, BUILT_IN
from tests.support.web.pages import Page
from tests.support.web.person import Browser
from tests.support.web.routes import ANONYMOUS, OWN_CREDENTIAL, PUBLIC, Route, all_routes


@pytest.fixture
def routes(app) -> list[Route]:
    return all_routes(app)


def test_acc_6_every_route_declares_who_may_use_it(routes):
    undeclared = [r for r in routes if r.allowed is None and r.endpoint not in OWN_CREDENTIAL]
    assert not undeclared, "give these a permission (and a grant), or list them as public with the reason"


def test_acc_6_nothing_is_listed_as_public_that_is_not_served(routes):
    assert {*PUBLIC, *OWN_CREDENTIAL} <= {route.endpoint for route in routes}


def test_acc_16_the_administrator_may_use_everything_and_the_auditor_changes_nothing():
    grants = declared_grants()
    assert all("Admin" in roles for roles in grants.values())
    own = {"Notification", "Todo", "ListView", "BackgroundRun"}
    reading = {"can_read", "can_export", "can_use", "can_rehearse"}
    granted = {(name, resource) for (name, resource), roles in grants.items() if "Auditor" in roles}
    changing = {pair for pair in granted if pair[0] not in reading and pair[1] not in own}
    assert not changing


def test_acc_7_brokers_and_visitors_reach_no_page_of_the_back_office():
    """They use channel sales on the phone pages and their API only: no list of the back office."""
    phone = {("can_create", "Referral"), ("can_report", "Referral")}
    for (name, resource), roles in declared_grants().items():
        if resource not in {"Workbench", "Options"} and name != "can_use" and (name, resource) not in phone:
            assert roles <= set(BACK_OFFICE), (name, resource)


# `make quick` tries only these: every role takes seconds.
QUICK = {"Agent", ANONYMOUS}
ROLES = [
    pytest.param(role, marks=() if role in QUICK else pytest.mark.slow) for role in (*BUILT_IN, ANONYMOUS)
]


@pytest.mark.parametrize("role", ROLES)
def test_acc_6_every_route_answers_this_role_as_declared(app, routes, role_user, role):
    username = "" if role == ANONYMOUS else role_user(role)
    wrong, browser = {}, Browser(app, username)
    for route in routes:
        headers = {"X-CSRFToken": browser.token} if route.changes else {}
        with browser.open(route.method, route.path(), headers=headers) as response:
            complaint = _complaint(route, role, response)
        if route.changes or "Set-Cookie" in response.headers:  # the next request gets a new session
            browser = Browser(app, username)
        if complaint:
            wrong[str(route)] = complaint
    assert not wrong


def _complaint(route: Route, role: str, response) -> str:
    """Return what is wrong with the response; empty when it is as declared."""
    status = response.status_code
    if status >= 500:
        return f"crashed with {status}"
    if route.endpoint in OWN_CREDENTIAL:
        return "" if status == 401 else f"{status} without its credential"
    if role in (route.allowed or ()):
        if role == ANONYMOUS or route.endpoint in PUBLIC:
            return (
                "" if status not in {401, 403} or _is_wrong_password(route, status) else f"closed: {status}"
            )
        return f"granted, but {status}" if status == 401 or _refused_by_role(response) else ""
    if role == ANONYMOUS:
        return "" if _asks_to_sign_in(route, response) else f"open to nobody in particular: {status}"
    return "" if status == 403 and _refused_by_role(response) else f"not granted, but {status}"


def _is_wrong_password(route: Route, status: int) -> bool:
    return route.endpoint == "AuthDBView.login" and status == 401


def _asks_to_sign_in(route: Route, response) -> bool:
    if route.is_api:
        return response.status_code == 401 and response.get_json()["code"] == "auth.required"
    return response.status_code == 302 and response.location.startswith(("/login/", "/m/login"))


def _refused_by_role(response) -> bool:
    """Return True for a refusal for lack of the permission, not by the record's rule."""
    if response.status_code != 403:
        return False
    if response.is_json:
        return response.get_json()["code"] == "auth.forbidden"
    page = Page(response)  # a rule's own sentence would be shown below
    return page.one("h1").text == "您没有权限执行此操作" and not page.all("p", class_="err-text")
