"""Fixtures of all tests.

Folders mirror ``app``: tests of ``app/channel/fees`` are in ``tests/channel/fees``, tests of several subjects of a
context in the context's folder.  Beside them: ``whole`` tests every route, list and form of the product, ``project``
the repository, ``browser`` days of work in chromium; ``support`` has the helpers that tests share.

``database`` runs a test on SQLite; one that is marked ``both``, because it depends on the database, also runs on
PostgreSQL.  ``--left-out`` runs what an ordinary run leaves to continuous integration: every other database test
on PostgreSQL, and what takes long (marker ``long``).  ``app`` is the application over a fresh copy of the small
world (``tests/support/people/world.py``); ``world`` is that world with an application context for calling
services; ``client`` and ``api("agent")`` talk to the application from outside.
"""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import make
from tests.support.databases.database import BACKENDS, Database, make_app, postgres_reason
from tests.support.web.clients import ApiClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.people.world import World

LEFT_OUT = "left out: "
# Folders that try the whole program, or start it: not for `make quick`.
SLOW_FOLDERS = {"whole", "cli", "demo", "project"}
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - bytes; pytest makes directories of its own there


def pytest_configure() -> None:
    """Keep temporary files in memory if the machine has enough: nothing has to outlive the tests."""
    gc.set_threshold(50_000, 20, 20)
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser) -> None:
    """Add the option for the second pass of continuous integration."""
    parser.addoption("--left-out", action="store_true", help="run what an ordinary run leaves out")


def _backends(metafunc) -> list[Any]:
    """Return the databases that a test runs on."""
    if metafunc.config.getoption("--left-out") or metafunc.definition.get_closest_marker("both"):
        return ["sqlite", "postgres"]
    return ["sqlite"]


def pytest_generate_tests(metafunc) -> None:
    """Choose the databases of each test that uses one and does not choose itself."""
    chosen = {name for mark in metafunc.definition.iter_markers("parametrize") for name in _arguments(mark)}
    if "database" in metafunc.fixturenames and "database" not in chosen:
        metafunc.parametrize("database", _backends(metafunc), indirect=True)


def _arguments(mark) -> list[str]:
    """Return the names of the arguments of a parametrisation."""
    names = mark.args[0] if mark.args else mark.kwargs["argnames"]
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Mark tests that need a PostgreSQL server, and choose those of this run: named files are run whole."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("database") == "postgres":
            item.add_marker(pytest.mark.postgres)
        if item.path.relative_to(config.rootpath).parts[1] in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
    left_out = config.getoption("--left-out")
    if left_out or config.args == config.getini("testpaths"):
        chosen = [item for item in items if _is_left_out(item) == left_out]
        config.hook.pytest_deselected(items=[item for item in items if _is_left_out(item) != left_out])
        items[:] = chosen


def pytest_collection_finish() -> None:
    """Let the garbage collector leave out what stays to the end."""
    gc.collect()
    gc.freeze()


def _is_left_out(item) -> bool:
    """Return True if an ordinary run of all tests leaves the test to continuous integration."""
    has = item.get_closest_marker
    if not has("postgres"):
        return has("long") is not None
    return bool(not has("both") or has("process") or has("long"))


def leave_out(reason: str) -> None:
    """Skip the test with a reason; in continuous integration fail instead."""
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
    """Return a fresh copy of the world; ``pytest_generate_tests`` chooses the databases."""
    backend = getattr(request, "param", "sqlite")
    if backend == "postgres" and postgres_reason():
        leave_out(postgres_reason())
    found = _databases(backend)
    found.restore()
    make.restart_numbers()
    yield found
    found.release()


@pytest.fixture(scope="session")
def _bare_app(tmp_path_factory) -> Flask:
    return make_app(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare(_bare_app) -> Iterator[Flask]:
    """Push a page's request of the application without a database, for tests of keys, forms or languages."""
    with _bare_app.test_request_context("/"):
        yield _bare_app


@pytest.fixture
def app(database) -> Flask:
    """Return the application; no context is pushed."""
    return database.app


@pytest.fixture
def world(app, database) -> Iterator[World]:
    """Return the world, with an application context for calling services."""
    with app.app_context():
        yield database.world


@pytest.fixture
def customer(world) -> int:
    """Return the id of a personal customer of ``agent``."""
    return make.make_customer(world.actor("agent"), name="常用客户", phone="13711112222").id


@pytest.fixture
def role_user(database) -> Callable[[str], str]:
    """Return role → user name of a person who has it."""
    return database.world.user_of_role


@pytest.fixture
def client(app) -> FlaskClient:
    """Return a browser that has not signed in (``tests.support.web.clients.sign_in``)."""
    return app.test_client()


@pytest.fixture
def api(app) -> Callable[..., ApiClient]:
    """Return ``api("agent")``: the REST API with the person's token; ``api()`` without any."""
    return lambda username="", **kwargs: ApiClient(app, username, **kwargs)


def pytest_terminal_summary(terminalreporter) -> None:
    """Report in plain words what was not tested."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if LEFT_OUT in said:
            reason = said.split(LEFT_OUT, 1)[1]
            reasons[reason] = reasons.get(reason, 0) + 1
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{LEFT_OUT}{number} tests, because {reason}")
