"""ACC-12 (part): ends of sessions and tokens: the account's epoch, its closing, idleness, age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import clock
from app.kernel.database.session import db
from app.org.sessions.settings import SESSION_HOURS, SESSION_IDLE_MINUTES
from app.org.shared.models import Account
from tests.support.people.signin import by_api, by_form, is_signed_in
from tests.support.web.clients import ApiClient, access_token, sign_in


def _change(world, **values):
    account = db.session.get(Account, world.actor("agent").id)
    for name, value in values.items():
        setattr(account, name, value)
    db.session.commit()


def _refresh(app, token):
    client = ApiClient(app, token=token)
    return client.post("/security/refresh")


@pytest.mark.parametrize("change", [{"session_epoch": 1}, {"active": False}])
def test_acc_12_sessions_and_tokens_end_with_the_account_or_its_epoch(world, app, change):
    client = sign_in(app.test_client(), "agent")
    other = sign_in(app.test_client(), "agent2")
    tokens = by_api(app, "agent").get_json()
    api = ApiClient(app, token=tokens["access_token"])
    assert is_signed_in(client)
    assert api.get("/me").status_code == 200
    _change(world, **change)
    assert not is_signed_in(client)
    assert api.get("/me").status_code == 401
    assert _refresh(app, tokens["refresh_token"]).status_code == 401
    assert is_signed_in(other), "others go on"


def test_acc_12_signing_in_again_works_with_the_new_epoch(world, app, client):
    _change(world, session_epoch=7)
    by_form(client, "agent")
    assert is_signed_in(client)
    assert ApiClient(app, "agent").get("/me").status_code == 200


def test_acc_12_a_cookie_with_a_guessed_epoch_opens_nothing(world, client):
    _change(world, session_epoch=3)
    for epoch in (0, 2, 4):
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{world.actor('agent').id}:{epoch}", True
        assert not is_signed_in(client)


def test_plat_9_each_token_is_good_for_one_thing(app):
    tokens = by_api(app, "agent").get_json()
    assert {*tokens} == {"access_token", "refresh_token"}
    assert ApiClient(app, token=tokens["refresh_token"]).get("/me").status_code == 401
    assert _refresh(app, tokens["access_token"]).status_code == 401
    renewed = _refresh(app, tokens["refresh_token"])
    assert {*renewed.get_json()} == {"access_token", "refresh_token"}
    assert ApiClient(app, token=renewed.get_json()["access_token"]).get("/me").status_code == 200


def test_plat_9_a_token_of_another_installation_is_refused(app, tmp_path):
    import jwt

    stolen = access_token(app, "agent")
    claims = jwt.decode(stolen, options={"verify_signature": False})
    for forged in (
        jwt.encode(claims, "k" * 64, algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        stolen[:-4] + "AAAA",
        "x.y.z",
        "",
    ):
        answer = ApiClient(app).get("/me", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401
        answer = ApiClient(app, token=forged or "x").get("/me")
        assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.required")


def test_plat_16_access_tokens_live_fifteen_minutes_or_more_and_end(app):
    import jwt

    claims = jwt.decode(access_token(app, "agent"), options={"verify_signature": False})
    assert 15 * 60 <= claims["exp"] - claims["iat"] <= 24 * 3600
    assert claims["epoch"] == 0


def test_acc_12_a_session_ends_after_idleness(app, client):
    start = datetime.now(UTC)
    idle = timedelta(minutes=SESSION_IDLE_MINUTES.default)
    with clock.frozen(start):
        by_form(client, "agent")
    with clock.frozen(start + idle - timedelta(minutes=1)):
        assert is_signed_in(client)
    with clock.frozen(start + 2 * idle - timedelta(minutes=2)):
        assert is_signed_in(client), "use prolongs it"
    with clock.frozen(start + 3 * idle):
        assert not is_signed_in(client)


def test_acc_12_a_session_ends_after_its_hours_however_busy(app, client):
    start = datetime.now(UTC)
    with clock.frozen(start):
        by_form(client, "agent")
    for hour in range(1, SESSION_HOURS.default):
        with clock.frozen(start + timedelta(hours=hour)):
            assert is_signed_in(client)
    with clock.frozen(start + timedelta(hours=SESSION_HOURS.default, seconds=1)):
        assert not is_signed_in(client)
