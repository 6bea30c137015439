"""Tokens of the REST API: their account, their lifetime, and the language of responses (PLAT-9, ACC-12)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
from flask_jwt_extended import create_access_token

from tests.support.people.world import PASSWORD
from tests.support.web.clients import access_token, apart
from tests.support.web.person import Browser

LOGIN = {"username": "agent", "password": PASSWORD, "provider": "db"}
UNAUTHORISED = {"code": "auth.required", "message": "请先登录"}
WRONG = {"code": "auth.wrong", "message": "账号或密码不正确，或账号已被锁定"}


def _login(api, **changes):
    return api().post("/security/login", {**LOGIN, **changes})


def test_plat_9_a_name_and_a_password_give_two_tokens(api):
    answer = _login(api)
    assert answer.status_code == 200
    tokens = answer.get_json()
    assert set(tokens) >= {"access_token", "refresh_token"}
    assert api(token=tokens["access_token"]).get("/me").get_json()["username"] == "agent"


def test_plat_16_an_access_token_lives_a_quarter_of_an_hour_or_more(api):
    claims = jwt.decode(_login(api).get_json()["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] >= 15 * 60


@pytest.mark.parametrize("change", [{"password": "wrong-password"}, {"username": "nobody"}])
def test_acc_12_a_wrong_name_and_a_wrong_password_get_the_same_answer(api, change):
    answer = _login(api, **change)
    assert (answer.status_code, answer.get_json()) == (401, WRONG)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"username": None}, "username"),
        ({"password": ""}, "password"),
        ({"username": 7, "password": []}, "username password"),
        ({"provider": "ldap"}, "provider"),
    ],
)
def test_plat_9_an_incomplete_sign_in_says_what_is_missing(api, change, fields):
    answer = _login(api, **change)
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == set(fields.split())


def test_plat_9_the_provider_may_be_left_out(api):
    answer = api().post("/security/login", {"username": "agent", "password": PASSWORD})
    assert answer.status_code == 200


def test_plat_9_a_refresh_token_gives_a_new_access_token_and_nothing_else(api):
    refresh = _login(api).get_json()["refresh_token"]
    answer = api(token=refresh).post("/security/refresh")
    assert answer.status_code == 200
    assert api(token=answer.get_json()["access_token"]).get("/me").status_code == 200
    assert api(token=refresh).get("/me").status_code == 401


def test_plat_9_an_access_token_does_not_refresh(app, api):
    assert api("agent").post("/security/refresh").status_code == 401
    assert api().post("/security/refresh").status_code == 401


def _forged(token: str, **claims) -> str:
    head, payload, seal = token.split(".")
    padded = payload + "=" * (-len(payload) % 4)
    changed = {**json.loads(base64.urlsafe_b64decode(padded)), **claims}
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip('=')}.{seal}"


def _unsigned(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, None, algorithm="none")


def _expired(app, username: str) -> str:
    from flask import g

    from tests.support.web.clients import _account

    claims = jwt.decode(access_token(app, username), options={"verify_signature": False})

    def mint() -> str:
        user = _account(username)
        g.token_claims = {name: claims[name] for name in ("epoch", "session")}
        return create_access_token(identity=str(user.id), expires_delta=timedelta(seconds=-1))

    return apart(app, mint)


@pytest.mark.parametrize(
    "kind",
    [
        "garbage",
        "empty",
        "forged",
        "unsigned",
        "expired",
        "session",
        "nobody",
        "audience",
        "issuer",
        "no audience",
        "session key",
    ],
)
def test_plat_9_a_token_that_is_no_good_is_401(app, api, kind):
    good = access_token(app, "agent")
    bad = {
        "garbage": "x.y.z",
        "empty": " ",
        "forged": _forged(good, sub="1"),
        "unsigned": _unsigned(good),
        "expired": _expired(app, "agent"),
        "session": jwt.encode(
            {**_claims(good), "session": "0" * 32}, app.config["JWT_SECRET_KEY"], algorithm="HS256"
        ),
        "nobody": jwt.encode(
            {**_claims(good), "sub": "987654"}, app.config["JWT_SECRET_KEY"], algorithm="HS256"
        ),
        "audience": _signed(app, {**_claims(good), "aud": "elsewhere"}),
        "issuer": _signed(app, {**_claims(good), "iss": "elsewhere"}),
        "no audience": _signed(app, {k: v for k, v in _claims(good).items() if k != "aud"}),
        "session key": jwt.encode(_claims(good), app.config["SECRET_KEY"], algorithm="HS256"),
    }[kind]
    answer = api(token=bad).get("/me")
    assert (answer.status_code, answer.get_json()) == (401, UNAUTHORISED)


def test_acc_12_the_same_claims_signed_with_the_tokens_own_key_are_good(app, api):
    again = _signed(app, _claims(access_token(app, "agent")))
    assert api(token=again).get("/me").status_code == 200
    assert app.config["JWT_SECRET_KEY"] != app.config["SECRET_KEY"]


def _signed(app, claims: dict) -> str:
    return jwt.encode(claims, app.config["JWT_SECRET_KEY"], algorithm="HS256")


def _claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_plat_9_a_bearer_wins_over_a_cookie(app, api):
    browser = Browser(app, "manager")
    headers = {"Authorization": f"Bearer {access_token(app, 'agent')}"}
    assert browser.get("/api/v1/me", headers=headers).get_json()["username"] == "agent"
    assert browser.get("/api/v1/me").get_json()["username"] == "manager"


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        ("", "请先登录"),
        ("zh-CN,zh;q=0.9", "请先登录"),
        ("en-GB,en;q=0.9", "Please sign in"),
        ("en", "Please sign in"),
        ("fr", "请先登录"),
        ("fr,en;q=0.5,zh;q=0.1", "Please sign in"),
        ("*", "请先登录"),
        ("x" * 500, "请先登录"),
    ],
)
def test_plat_15_answers_are_in_the_language_that_the_client_accepts(api, accepted, message):
    answer = api().open("GET", "/me", headers={"Accept-Language": accepted})
    assert answer.get_json()["message"] == message
