"""ACC-12 (part): repeated failures lock an account for a while, by form or API; requests are limited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.audit.models import OperationLog
from app.kernel import clock
from app.kernel.database.session import db
from app.org.sessions.security import network_of_client
from app.org.sessions.settings import LOCKOUT_FAILURES, LOCKOUT_MINUTES
from app.org.shared.models import Account
from tests.support.databases.race import race
from tests.support.people.signin import by_api, by_form
from tests.support.web.clients import csrf_token

WRONG = "Wrong-password-1"
LIMIT = LOCKOUT_FAILURES.default


@pytest.fixture
def throttled(database):
    """Return the application with limits on."""
    return database.new_app({"KEPAN_RATE_LIMITS": "on"})


def _fail_by_form(app, username="agent"):
    return by_form(app.test_client(), username, WRONG)


def _fail_by_api(app, username="agent"):
    return by_api(app, username, WRONG)


def _gets_in(app, username="agent"):
    status = by_api(app, username).status_code
    assert status in {200, 401}
    return status == 200


@pytest.mark.parametrize("ways", [[_fail_by_form], [_fail_by_api], [_fail_by_form, _fail_by_api]])
def test_acc_12_failures_lock_the_account(throttled, ways):
    for number in range(LIMIT):
        assert ways[number % len(ways)](throttled).status_code == 401
    assert not _gets_in(throttled)
    assert by_form(throttled.test_client(), "agent").status_code == 401
    assert _gets_in(throttled, "agent2"), "others are not locked out"


def test_acc_12_one_failure_less_locks_nothing(throttled):
    for _ in range(LIMIT - 1):
        _fail_by_api(throttled)
    assert _gets_in(throttled)


def test_acc_12_success_forgets_failures(throttled):
    for _round in range(2):
        for _ in range(LIMIT - 1):
            _fail_by_api(throttled)
        assert _gets_in(throttled)


def test_acc_12_the_lock_ends_by_itself(throttled):
    start = datetime.now(UTC)
    with clock.frozen(start):
        for _ in range(LIMIT):
            _fail_by_api(throttled)
    for minutes, open_again in ((LOCKOUT_MINUTES.default - 1, False), (LOCKOUT_MINUTES.default, True)):
        with clock.frozen(start + timedelta(minutes=minutes, seconds=1)):
            assert _gets_in(throttled) is open_again


def test_acc_12_trying_while_locked_neither_counts_nor_prolongs(throttled, world):
    start = datetime.now(UTC)
    with clock.frozen(start):
        for _ in range(LIMIT + 3):
            _fail_by_api(throttled)
    account = db.session.get(Account, world.actor("agent").id)
    assert account.fail_login_count == LIMIT
    assert account.locked_until == start + timedelta(minutes=LOCKOUT_MINUTES.default)


def test_acc_12_after_the_lock_as_many_failures_lock_again(throttled):
    start = datetime.now(UTC)
    with clock.frozen(start):
        for _ in range(LIMIT):
            _fail_by_api(throttled)
    later = start + timedelta(minutes=LOCKOUT_MINUTES.default + 1)
    with clock.frozen(later):
        for _ in range(LIMIT):
            _fail_by_api(throttled)
        assert not _gets_in(throttled)


def test_acc_12_a_lock_is_in_the_operation_log(throttled, world):
    for _ in range(LIMIT):
        _fail_by_api(throttled)
    rows = db.session.query(OperationLog).filter_by(operation="account.locked").all()
    assert [(r.record_type, r.record_id, r.source) for r in rows] == [
        ("account", world.actor("agent").id, "127.0.0.1")
    ]
    assert WRONG not in repr([(r.sentence, r.parameters, r.differences) for r in rows])


def test_acc_12_the_number_of_failures_is_a_setting(throttled, world):
    LOCKOUT_FAILURES.store(3)
    db.session.commit()
    for _ in range(3):
        _fail_by_api(throttled)
    assert not _gets_in(throttled)


@pytest.mark.both
def test_acc_12_guesses_at_the_same_moment_are_all_counted(throttled, world):
    race(throttled, [lambda: by_api(throttled, "agent", WRONG)] * LIMIT)
    assert db.session.get(Account, world.actor("agent").id).fail_login_count == LIMIT
    assert not _gets_in(throttled)


def test_plat_16_without_limits_nobody_is_locked_out(app):
    for _ in range(LIMIT + 2):
        assert _fail_by_api(app).status_code == 401
    assert _gets_in(app)


def test_acc_12_requests_to_the_api_are_limited(throttled):
    statuses = [by_api(throttled, f"guess{n}", WRONG).status_code for n in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    answer = by_api(throttled, "agent")
    assert answer.get_json()["code"] == "too_many"
    assert answer.get_json()["message"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_acc_12_requests_to_the_form_are_limited_and_reading_it_is_not(throttled):
    client = throttled.test_client()
    token = csrf_token(client)
    data = {"username": "guess", "password": WRONG, "csrf_token": token}
    statuses = [client.post("/login/", data=data).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert {client.get("/login/").status_code for _ in range(25)} == {200}


def test_plat_16_limits_can_be_switched_off(app):
    assert {by_api(app, f"guess{n}", WRONG).status_code for n in range(25)} == {401}


def test_plat_16_limits_stay_on_where_others_can_reach_the_server(tmp_path):
    from app import create_app
    from config import InsecureSettingsError

    with pytest.raises(InsecureSettingsError, match="loopback"):
        create_app({"KEPAN_DATA_DIR": str(tmp_path), "KEPAN_RATE_LIMITS": "off", "HOST": "192.0.2.1"})


def test_acc_12_the_phones_own_form_locks_and_is_limited_likewise(throttled, world):
    client = throttled.test_client()
    token = csrf_token(client, "/m/login")
    data = {"username": "agent", "password": WRONG, "csrf_token": token}
    statuses = [client.post("/m/login?way=password", data=data).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert db.session.get(Account, world.actor("agent").id).locked_until is not None
    assert client.get("/m/login").status_code == 200


@pytest.mark.parametrize("path", ["/login/", "/m/login?way=password", "/api/v1/security/login"])
def test_acc_18_the_addresses_of_one_ipv6_network_share_a_limit(throttled, path):
    client = throttled.test_client()
    data = {"username": "nobody-here", "password": WRONG, "csrf_token": csrf_token(client)}
    typed = {"json": {**data, "provider": "db"}} if path.startswith("/api/") else {"data": data}

    def status_from(address: str) -> int:
        return client.post(path, environ_overrides={"REMOTE_ADDR": address}, **typed).status_code

    assert {status_from(f"2001:db8:1:2::{n:x}") for n in range(20)} == {401}
    assert status_from("2001:db8:1:2:ffff::1") == 429
    assert status_from("2001:db8:1:3::1") == 401, "another network"


def test_acc_18_every_limit_counts_by_network(throttled):
    limiter = throttled.extensions["appbuilder"].sm.limiter
    manager = limiter.limit_manager
    kept = (*manager._decorated_limits.values(), *manager._blueprint_limits.values())
    limits = [one for group in kept for one in group]
    assert len(limits) >= 4
    assert {one.key_function or limiter._key_func for one in limits} == {network_of_client}
    assert limiter._key_func is network_of_client
    assert not manager.default_limits
    assert not manager.application_limits
