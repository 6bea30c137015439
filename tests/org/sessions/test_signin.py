"""ACC-12 (part): the same response for every failure, CSRF on the form, sessions begin empty and end for
good.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.database.session import db
from app.org.sessions import passwords
from app.org.shared.models import Account
from tests.support.people.signin import by_api, by_form, is_signed_in, said
from tests.support.people.world import PASSWORD
from tests.support.web.clients import csrf_token, post_form


@pytest.fixture
def closed(world):
    """Close the account of ``agent2``."""
    db.session.get(Account, world.actor("agent2").id).active = False
    db.session.commit()


@pytest.fixture
def locked(world, database):
    """Lock the account of ``agent3``, in an application with limits."""
    db.session.get(Account, world.actor("agent3").id).locked_until = clock.now() + timedelta(minutes=10)
    db.session.commit()
    return database.new_app({"KEPAN_RATE_LIMITS": "on"})


FAILURES = [
    ("agent", "Wrong-password-1"),
    ("nobody", PASSWORD),
    ("nobody", "Wrong-password-1"),
    ("agent2", PASSWORD),
    ("agent3", PASSWORD),
    ("AGENT", PASSWORD),
    ("agent", PASSWORD.lower()),
    ("agent' OR '1'='1", PASSWORD),
    ("agent\x00", "Wrong-password-1"),
]


def test_acc_12_the_form_says_the_same_whatever_was_wrong(locked, closed):
    answers = {}
    for username, password in FAILURES:
        client = locked.test_client()
        answer = by_form(client, username, password)
        assert answer.status_code == 401, username
        assert not is_signed_in(client)
        answers[said(answer, username)] = username
    assert len(answers) == 1, "the pages differ"
    (page,) = answers
    assert "账号或密码" in page


def test_acc_12_the_api_says_the_same_whatever_was_wrong(locked, closed):
    answers = [by_api(locked, username, password) for username, password in FAILURES]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.get_data() for answer in answers}) == 1
    assert "access_token" not in answers[0].get_json()


def test_acc_12_every_failure_takes_one_hash_of_the_configured_strength(locked, closed, monkeypatch):
    """The test counts hashes, because measuring time would fail on a busy machine."""
    hashed = []

    def check(stored, password):
        hashed.append(stored.split("$")[0])
        return real(stored, password)

    real = passwords.check_password_hash
    monkeypatch.setattr(passwords, "check_password_hash", check)
    for username, password in FAILURES:
        hashed.clear()
        by_api(locked, username, password)
        assert hashed == ["pbkdf2:sha256:1"], username


def test_the_fake_hash_is_as_strong_as_a_real_one(database):
    strong = database.new_app(FAB_PASSWORD_HASH_METHOD="scrypt:131072:8:1")
    assert strong.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"].startswith("scrypt:131072:8:1$")


def test_passwords_are_stored_as_strong_hashes():
    from app.org.sessions.passwords import HASH_METHOD

    assert HASH_METHOD == "scrypt:131072:8:1"


def test_acc_12_a_failure_keeps_the_name_and_never_the_password(client):
    page = by_form(client, "agent", "Wrong-password-1").get_data(as_text=True)
    assert 'value="agent"' in page
    assert "Wrong-password-1" not in page


@pytest.mark.both
def test_signing_in_by_the_form(client):
    answer = by_form(client, "agent")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


def test_a_signed_in_person_is_sent_on_from_the_sign_in_page(client):
    by_form(client, "agent")
    assert client.get("/login/").status_code == 302


def test_acc_12_the_form_needs_its_token(client):
    data = {"username": "agent", "password": PASSWORD}
    assert client.post("/login/", data=data).status_code == 400
    assert client.post("/login/", data={**data, "csrf_token": "x"}).status_code == 400
    assert not is_signed_in(client)


def test_acc_12_another_sessions_token_does_not_count(app, client):
    other = app.test_client()
    token = csrf_token(other)
    csrf_token(client)
    answer = client.post("/login/", data={"username": "agent", "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 400


def test_a_session_begins_empty_but_keeps_its_language(client):
    with client.session_transaction() as session:
        session["planted"], session["locale"] = "x", "en"
    by_form(client, "agent")
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["locale"] == "en"


def test_signing_out_ends_the_session_and_needs_a_post(client):
    by_form(client, "agent")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 400
    assert is_signed_in(client)
    assert post_form(client, "/logout/", page="/").status_code == 303
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"username", "password"}),
        ({"username": "agent"}, {"password"}),
        ({"username": "", "password": PASSWORD}, {"username"}),
        ({"username": 5, "password": ["x"]}, {"username", "password"}),
        ({"username": "agent", "password": PASSWORD, "provider": "ldap"}, {"provider"}),
        ([], {"body"}),
    ],
)
def test_plat_9_the_api_names_what_is_missing(app, body, fields):
    answer = app.test_client().post("/api/v1/security/login", json=body)
    assert answer.status_code == 422
    assert {*answer.get_json()["fields"]} == fields


def test_plat_9_broken_json_is_no_crash(app):
    for data in ("{", "\ufeff", "null", '{"username": "\\ud800", "password": "x"}'):
        answer = app.test_client().post(
            "/api/v1/security/login",
            data=data.encode("utf-8", "surrogatepass"),
            content_type="application/json",
        )
        assert answer.status_code in {401, 422}, data


@pytest.mark.parametrize("forged", ["", "1", "1:", ":0", "x:y", "1:-1", "0:0", "1:1:1"])
def test_a_session_of_an_unknown_account_opens_nothing(client, forged):
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = forged, True
    assert client.get("/").status_code == 302
