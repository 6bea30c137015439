"""A running server over the world, chromium, and visitors who stay signed in for a test."""

from __future__ import annotations

import os
import shutil
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from waitress import create_server
from werkzeug.wsgi import ClosingIterator

from app.kernel.database.session import db
from tests.support.web.visits import Address, Visitors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NO_CHROMIUM = "chromium is not installed"


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """Return the browser: the one without a window where there is one, which takes a third of the computing."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        if os.environ.get("KEPAN_CI") == "1":
            pytest.fail(f"{NO_CHROMIUM}; with KEPAN_CI=1 nothing is left out", pytrace=False)
        pytest.skip(f"left out: {NO_CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class _Server:
    """Serves one application, and knows when no request is in progress."""

    def __init__(self, app) -> None:
        self._app, self._open, self._changed = app, 0, threading.Condition()
        self._server = create_server(self._answer, host="127.0.0.1", port=0, threads=4)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.effective_port}"

    def _answer(self, environ, start_response):
        self._count(1)
        try:
            return ClosingIterator(self._app(environ, start_response), lambda: self._count(-1))
        except BaseException:
            self._count(-1)
            raise

    def _count(self, step: int) -> None:
        with self._changed:
            self._open += step
            self._changed.notify_all()

    def wait_until_idle(self) -> None:
        """Wait until all requests of closed pages are answered, before the next test replaces the
        database.
        """
        with self._changed:
            assert self._changed.wait_for(lambda: self._open == 0, 60)

    def close(self) -> None:
        self._server.close()
        self._thread.join(10)


@pytest.fixture(scope="session")
def _servers() -> Iterator[dict]:
    servers: dict = {}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def live(app, world, _servers) -> Iterator[Address]:
    """Return the address of a server of the test's application; one server serves all tests."""
    if app not in _servers:
        _servers[app] = _Server(app)
    yield Address.of(_servers[app].address, app)
    _servers[app].wait_until_idle()


@pytest.fixture(scope="session")
def _visitors(chromium) -> Iterator[Visitors]:
    visitors = Visitors(chromium)
    yield visitors
    visitors.leave()


@pytest.fixture
def visit(live, _visitors) -> Iterator[Callable[..., Any]]:
    """``visit("agent", "phone", "en")``: return a page of a person who signs in once per test; complaints of
    the browser meanwhile are errors.
    """
    db.session.rollback()  # SQLite has one writer: a transaction of the test's own would keep the server out
    yield partial(_visitors.page, live)
    complaints = _visitors.rest()
    assert not complaints
