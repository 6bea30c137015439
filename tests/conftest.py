"""Fixtures of all tests.

Folders mirror ``app``: what proves ``app/channel/fees`` lies in ``tests/channel/fees``, what concerns several subjects
of a context in the context's folder.  Beside them: ``whole`` walks every route, list and form of the product,
``project`` looks at the repository, ``browser`` goes through days of work in chromium, ``support`` is what tests share.

``database`` runs a test on SQLite; one that is marked ``both``, because it depends on the database, also runs on
PostgreSQL.  ``--everything`` (or ``KEPAN_CI_EVERYTHING=1``) runs every database test on both.  ``app`` is the application over a fresh copy of
the small world (``tests/support/world.py``); ``world`` is that world with an application context for calling
services; ``client`` and ``api("agent")`` talk to the application from outside.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import make
from tests.support.clients import ApiClient
from tests.support.database import BACKENDS, Database, make_app, postgres_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.world import World

LEFT_OUT = "left out: "
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - bytes; pytest makes directories of its own there


def pytest_configure() -> None:
    """What tests write lies in memory where the machine has room for it: nothing has to outlive them."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser) -> None:
    """The second pass of continuous integration."""
    parser.addoption("--everything", action="store_true", help="run every database test on both databases")


def _backends(metafunc) -> list[Any]:
    """The databases that a test runs on."""
    config = metafunc.config
    everything = config.getoption("--everything") or os.environ.get("KEPAN_CI_EVERYTHING") == "1"
    if everything or metafunc.definition.get_closest_marker("both"):
        return ["sqlite", "postgres"]
    return ["sqlite"]


def pytest_generate_tests(metafunc) -> None:
    """Choose the databases of each test that uses one and does not choose itself."""
    chosen = {name for mark in metafunc.definition.iter_markers("parametrize") for name in _arguments(mark)}
    if "database" in metafunc.fixturenames and "database" not in chosen:
        metafunc.parametrize("database", _backends(metafunc), indirect=True)


def _arguments(mark) -> list[str]:
    """Names of the arguments that a parametrisation gives."""
    names = mark.args[0] if mark.args else mark.kwargs["argnames"]
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


def pytest_collection_modifyitems(items) -> None:
    """Mark what needs a PostgreSQL server, so that ``-m "not postgres"`` leaves it out."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("database") == "postgres":
            item.add_marker(pytest.mark.postgres)


def leave_out(reason: str) -> None:
    """Skip the test with a plain sentence; in continuous integration nothing may be missing."""
    if os.environ.get("KEPAN_CI") == "1":
        pytest.fail(f"{reason}; with KEPAN_CI=1 nothing is left out", pytrace=False)
    pytest.skip(LEFT_OUT + reason)


@pytest.fixture(scope="session")
def _databases(tmp_path_factory) -> Iterator[Callable[[str], Database]]:
    made: dict[str, Database] = {}

    def get(backend: str) -> Database:
        if backend not in made:
            made[backend] = BACKENDS[backend](tmp_path_factory.mktemp(backend))
        return made[backend]

    yield get
    for one in made.values():
        one.remove()


@pytest.fixture
def database(request, _databases) -> Iterator[Database]:
    """A fresh copy of the small world; ``pytest_generate_tests`` chooses the databases."""
    backend = getattr(request, "param", "sqlite")
    if backend == "postgres" and postgres_reason():
        leave_out(postgres_reason())
    found = _databases(backend)
    found.restore()
    make.restart_numbers()
    yield found
    found.close()


@pytest.fixture(scope="session")
def _bare_app(tmp_path_factory) -> Flask:
    return make_app(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare(_bare_app) -> Iterator[Flask]:
    """The application inside a page's request, without a database: for what needs keys, forms or a language only."""
    with _bare_app.test_request_context("/"):
        yield _bare_app


@pytest.fixture
def app(database) -> Flask:
    """The application; no context is pushed."""
    return database.app


@pytest.fixture
def world(app, database) -> Iterator[World]:
    """The small world, and an application context of the test's own for calling services."""
    with app.app_context():
        yield database.world


@pytest.fixture
def customer(world) -> int:
    """Id of a personal customer of ``agent``'s."""
    return make.make_customer(world.actor("agent"), name="常用客户", phone="13711112222").id


@pytest.fixture
def role_user(database) -> Callable[[str], str]:
    """Role → user name of somebody who has it."""
    return database.world.user_of_role


@pytest.fixture
def client(app) -> FlaskClient:
    """A browser that has not signed in (``tests.support.clients.sign_in``)."""
    return app.test_client()


@pytest.fixture
def api(app) -> Callable[..., ApiClient]:
    """``api("agent")``: the REST API with the person's token; ``api()`` without any."""
    return lambda username="", **kwargs: ApiClient(app, username, **kwargs)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say in plain words what was not tested."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if LEFT_OUT in said:
            reason = said.split(LEFT_OUT, 1)[1]
            reasons[reason] = reasons.get(reason, 0) + 1
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{LEFT_OUT}{number} tests, because {reason}")
