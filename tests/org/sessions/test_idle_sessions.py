"""ACC-12: sessions end after a time without use, and in any case; checking costs no statement."""

from __future__ import annotations

from tests.support.databases.statements import count_statements
from tests.support.people.accounts import later, set_setting
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser


def _sign_in(app) -> Browser:
    browser = Browser(app, locale="en")
    assert browser.post("/login/", {"username": "agent", "password": PASSWORD}).status_code == 303
    return browser


def _is_in(browser: Browser) -> bool:
    return browser.get("/account/password").status_code == 200


def test_acc_12_an_idle_session_ends_and_the_sign_in_page_says_why(app, world):
    set_setting("session_idle_minutes", 30)
    browser = _sign_in(app)
    with later(minutes=29):
        assert _is_in(browser)
    with later(minutes=58):
        assert _is_in(browser), "each use restarts the idle time"
    with later(minutes=89):
        assert not _is_in(browser)
        assert "Please sign in again" in browser.page("/login/").text
    assert not _is_in(browser), "an ended session does not come back"


def test_acc_12_a_used_session_ends_in_the_end(app, world):
    set_setting("session_hours", 2)
    browser = _sign_in(app)
    for minutes in range(20, 120, 20):
        with later(minutes=minutes):
            assert _is_in(browser)
    with later(minutes=121):
        assert not _is_in(browser)


def test_acc_12_the_api_by_cookie_obeys_the_same_lifetimes(app, world):
    browser = _sign_in(app)
    assert browser.get("/api/v1/me").status_code == 200
    with later(hours=13):
        assert browser.get("/api/v1/me").status_code == 401


def test_acc_12_checking_the_session_costs_no_statement_and_its_use_is_noted_once_a_minute(app, world):
    browser = _sign_in(app)
    browser.get("/account/password")
    with later(seconds=50), count_statements(app) as seen:
        assert browser.get("/api/v1/districts").status_code == 200
    assert len(seen) == 2, seen
    assert all(statement.lstrip().startswith("SELECT") for statement in seen)
    with later(minutes=10), count_statements(app) as seen:
        for _time in range(3):
            assert browser.get("/api/v1/districts").status_code == 200
    assert [statement.split()[0] for statement in seen] == [
        "SELECT", "SELECT", "UPDATE", "SELECT", "SELECT", "SELECT", "SELECT",
    ]  # fmt: skip


def test_acc_12_signing_in_keeps_the_language_and_nothing_else_of_the_session(app, world):
    browser = Browser(app, locale="en")
    with browser.client.session_transaction() as session:
        session["left_behind"] = "x"
    browser.post("/login/", {"username": "agent", "password": PASSWORD})
    with browser.client.session_transaction() as session:
        assert session["locale"] == "en"
        assert "left_behind" not in session
