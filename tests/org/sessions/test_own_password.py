"""ACC-12, ACC-13: changing the own password, a first password that must be changed, signing out
everywhere.
"""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from app.org.accounts import services as accounts
from app.org.sessions.signin import check_credentials
from app.org.staff import services as staffing
from tests.support.people.accounts import account, account_operations
from tests.support.people.world import PASSWORD
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

NEW = "Blaue-Ente-77"
TYPED = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}


def test_acc_13_everybody_changes_their_own_password(app, world):
    for username in ("agent", "broker"):
        browser, other = Browser(app, username), Browser(app, username)
        token = ApiClient(app, username)
        assert browser.post("/account/password", TYPED).status_code == 303
        assert check_credentials(username, NEW).username == username
        assert check_credentials(username, PASSWORD) is None
        assert browser.get("/", follow_redirects=True).status_code == 200, "this session lives on"
        assert other.get("/").status_code == 302, "every other one has ended"
        assert token.get("/me").status_code == 401, "and every token"
        assert account_operations(username)[-1] == "account.password"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"old_password": "Falsch-2026-x"}, "old_password"),
        ({"new_password": "password123", "repeated": "password123"}, "new_password"),
        ({"new_password": PASSWORD, "repeated": PASSWORD}, "new_password"),
        ({"repeated": "Gruene-Ente-77"}, "repeated"),
    ],
)
def test_acc_13_errors_are_under_their_field_and_nothing_changes(app, world, changed, field):
    browser = Browser(app, "agent")
    page = browser.submit("/account/password", {**TYPED, **changed}, 422)
    assert list(page.errors()) == [field]
    assert not {PASSWORD, NEW} & set(page.values().values()), "passwords are never shown again"
    assert check_credentials("agent", PASSWORD) is not None


def test_acc_12_wrong_present_passwords_lock_the_account_as_at_sign_in(database, world):
    limited = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    browser = Browser(limited, "agent")
    for _attempt in range(5):
        browser.submit("/account/password", {**TYPED, "old_password": "Falsch-2026-x"}, 422)
    assert account("agent").locked_until is not None
    page = browser.submit("/account/password", TYPED, 422)
    assert list(page.errors()) == ["old_password"], "not even the right one is taken now"
    assert account_operations("agent")[-1] == "account.locked"


def test_acc_13_the_api_changes_the_password_too(app, world, api):
    client = api("agent")
    assert (
        client.post("/me/password", {"old_password": "Falsch-2026-x", "new_password": NEW}).status_code == 422
    )
    answer = client.post("/me/password", {"old_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.get_json()["username"]) == (200, "agent")
    assert client.get("/me").status_code == 401


def _reset(world, username="agent", password=NEW):
    staffing.edit_staff(world.actor(username).id, password=password, actor=world.actor("admin"))
    db.session.commit()


def test_acc_12_a_reset_password_has_to_be_changed_before_anything_else(app, world):
    old = Browser(app, "agent")
    _reset(world)
    assert account("agent").must_change_password
    assert old.get("/").status_code == 302, "the reset ended every session"
    browser = Browser(app, "agent")
    for path in ("/", "/customers/", "/customers/new", "/options/staff", "/account/second-factor/codes"):
        response = browser.get(path)
        assert (response.status_code, response.location) == (302, "/account/password"), path
    assert browser.post("/todos/1/done").location == "/account/password"
    page = browser.page("/account/password")
    assert not page.all("a", class_="nav-item"), "the menu leads nowhere for now"
    values = {"old_password": NEW, "new_password": "Gruene-Ente-88", "repeated": "Gruene-Ente-88"}
    assert browser.post("/account/password", values).status_code == 303
    assert browser.get("/customers/").status_code == 200
    assert not account("agent").must_change_password


def test_acc_12_the_api_answers_403_until_the_first_password_is_changed(app, world):
    _reset(world)
    client = ApiClient(app, "agent")
    for answer in (client.get("/me"), client.get("/customers"), client.post("/customers", {})):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.password_change_required")
    body = {"old_password": NEW, "new_password": "Gruene-Ente-88"}
    assert client.post("/me/password", body).status_code == 200
    assert ApiClient(app, "agent").get("/me").status_code == 200


def test_acc_12_signing_out_everywhere_ends_every_session_and_token(app, world):
    first, second = Browser(app, "agent", locale="en"), Browser(app, "agent")
    token = ApiClient(app, "agent")
    assert first.post("/account/sign-out-everywhere").status_code == 303
    assert [b.get("/").status_code for b in (first, second)] == [302, 302]
    assert token.get("/me").status_code == 401
    assert account_operations("agent")[-1] == "account.sign_out"
    assert "You were signed out everywhere" in first.page("/login/").text


def test_acc_12_a_closed_account_is_out_at_once(app, world):
    browser, token = Browser(app, "agent"), ApiClient(app, "agent")
    accounts.close_account(account("agent"), actor=world.actor("admin"))
    assert browser.get("/").status_code == 302
    assert token.get("/me").status_code == 401
    assert check_credentials("agent", PASSWORD) is None
    assert account_operations("agent")[-1] == "account.close"


def test_acc_13_the_page_is_in_everybodys_menu(app, world):
    page = Browser(app, "agent", locale="en").page("/")
    assert page.one("a", href="/account/password").text == "Change password"
    assert page.one("button", formaction="/account/sign-out-everywhere").text == "Sign out everywhere"
