"""PLAT-13, PLAT-16: ready means able to serve; without Redis or the database the response is a plain page."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.cli import readiness as ready
from app.cli.doctor import check_installation
from app.kernel.database.session import db
from tests.support.databases.database import make_app
from tests.support.people.signin import by_api, by_form
from tests.support.processes.server import free_port
from tests.support.web.clients import access_token, apart
from tests.support.web.person import Browser


class Usage(NamedTuple):
    """The disk usage as the system reports it, in bytes."""

    total: int
    used: int
    free: int


def _ready(app) -> int:
    return Browser(app).get("/readyz").status_code


def test_plat_13_ready_on_the_newest_schema_only(app, world):
    assert _ready(app) == 200
    newest = db.session.scalars(text("SELECT version_num FROM alembic_version")).one()
    for old in ("0001", "9999"):
        db.session.execute(text("UPDATE alembic_version SET version_num = :old"), {"old": old})
        db.session.commit()
        assert _ready(app) == 503
    db.session.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": newest})
    db.session.commit()
    assert _ready(app) == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_13_not_ready_with_a_full_disk(app, monkeypatch, capfd):
    usage = Usage(100, 100, ready.LEAST_FREE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert _ready(app) == 503
    said = capfd.readouterr().err
    assert "disk" in said, "the log says why"
    assert Browser(app).get("/healthz").status_code == 200


@pytest.fixture
def without_redis(database):
    """An application with limits that are kept in a Redis that does not exist."""
    return database.new_app(
        {"KEPAN_RATE_LIMITS": "on", "KEPAN_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_13_without_redis_it_is_not_ready_and_the_doctor_says_so(without_redis):
    assert _ready(without_redis) == 503
    findings = {f.subject: f.level for f in apart(without_redis, check_installation)}
    assert findings["limits"] == "problem"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_13_without_redis_people_sign_in_and_the_process_counts_for_itself(without_redis, world, caplog):
    assert by_form(without_redis.test_client(), "agent").status_code == 303
    assert by_api(without_redis, "agent").status_code == 200
    assert "in-memory" in caplog.text
    statuses = [by_api(without_redis, f"guess{n}", "wrong").status_code for n in range(25)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def _gone(*_args, **_kwargs):
    raise OperationalError("SELECT", {}, _LostError())


class _LostError(Exception):
    """The error of psycopg for a lost connection: it has no state."""

    sqlstate = None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/customers/", "/login/", "/m/", "/"])
def test_plat_13_without_the_database_pages_answer_503_in_our_look(app, world, monkeypatch, path):
    browser = Browser(app, "agent")
    monkeypatch.setattr("sqlalchemy.orm.Session.execute", _gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", _gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalar", _gone)
    answer = browser.get(path)
    if path == "/login/" and answer.status_code == 200:
        return  # a page that does not use the database
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "请稍后重试" in answer.get_data(as_text=True)
    assert _ready(app) == 503


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_plat_13_a_database_that_cannot_be_reached_is_503_everywhere(database, world):
    """A real refusal: nothing listens at the address."""
    bearer = {"Authorization": f"Bearer {access_token(database.app, 'agent')}"}
    gone = make_app(database.directory, f"postgresql://kepan@127.0.0.1:{free_port()}/kepan")
    client = gone.test_client()
    answer = client.get("/api/v1/me", headers=bearer)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_plat_13_a_statement_that_is_wrong_is_no_outage(world):
    from app.kernel.database.session import is_outage

    with pytest.raises(Exception, match="nothing_here") as caught:
        db.session.execute(text("SELECT nothing_here FROM nowhere_nothing_here"))
    db.session.rollback()
    assert not is_outage(caught.value)
