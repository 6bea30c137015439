"""PLAT-16: ``run.py`` serves many connections, slow clients delay no one, and only configured proxies are
trusted.
"""

from __future__ import annotations

import http.client
import re
import socket
import sys
import time
from contextlib import ExitStack, contextmanager
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import Flask

from app.cli import serving
from app.cli.serving import make_server
from tests.support.people.world import PASSWORD
from tests.support.processes.runners import until
from tests.support.processes.server import ANSWER_SECONDS, Server, copy_of_world

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
LARGE = 40 * 1024 * 1024  # bytes; more than waitress and the kernel keep for a client that does not read


@contextmanager
def _serving(monkeypatch, **constants):
    """Serve a page of one word in a thread. Return the port."""
    for name, value in constants.items():
        monkeypatch.setattr(serving, name, value)
    app = Flask("probe")
    app.config["KEPAN"] = SimpleNamespace(host="127.0.0.1", port=0, proxies=0)
    app.config["MAX_UPLOAD_BYTES"] = 1024 * 1024
    app.add_url_rule("/", "word", lambda: "word", methods=["GET", "POST"])
    app.add_url_rule("/large", "large", lambda: (b"x" * 65536 for _ in range(LARGE // 65536)))
    server = make_server(app)
    thread = Thread(target=_run, args=[server], daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing_now = True
        thread.join(ANSWER_SECONDS)
        server.task_dispatcher.shutdown()


def _run(server) -> None:
    from waitress import wasyncore

    while not getattr(server, "closing_now", False):
        wasyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)
    wasyncore.close_all(server._map, ignore_all=True)


def _connect(server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.effective_port)), timeout=ANSWER_SECONDS)


def _ask(connection: socket.socket) -> bytes:
    connection.sendall(HEAD + b"\r\n")
    said = b""
    while b"word" not in said:
        part = connection.recv(4096)
        assert part, said
        said += part
    return said


def _ended(connection: socket.socket) -> bool:
    """Return True when the other side has closed the connection."""
    connection.setblocking(False)
    try:
        return connection.recv(4096) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_plat_16_a_head_that_trickles_in_ends_its_connection(monkeypatch):
    with _serving(monkeypatch, HEAD_SECONDS=0.5) as server, _connect(server) as slow:
        slow.sendall(HEAD)

        def trickle() -> bool:
            try:
                slow.send(b"x")
            except ConnectionError:
                return True
            return _ended(slow)

        until(trickle)
        with _connect(server) as quick:
            assert _ask(quick).startswith(b"HTTP/1.1 200")


def test_plat_16_a_body_that_trickles_in_ends_its_connection_and_a_steady_one_does_not(monkeypatch):
    with (
        _serving(monkeypatch, BODY_GRACE_SECONDS=0.5, BODY_BYTES_A_SECOND=1000) as server,
        ExitStack() as stack,
    ):
        slow, steady = (stack.enter_context(_connect(server)) for _ in range(2))
        for connection in (slow, steady):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
        sent = 0

        def trickle() -> bool:
            nonlocal sent
            sent += steady.send(b"y" * 5000)
            try:
                slow.send(b"x")
            except ConnectionError:
                return True
            return _ended(slow)

        until(trickle)
        assert not _ended(steady)
        steady.setblocking(True)
        steady.settimeout(ANSWER_SECONDS)
        steady.sendall(b"y" * (900000 - sent))
        assert b"200 OK" in steady.recv(4096)


def test_plat_16_a_connection_at_rest_is_parked_and_answers_again(monkeypatch):
    with _serving(monkeypatch, _PARK_SECONDS=0.1) as server, _connect(server) as idle:
        for _ in range(3):
            assert _ask(idle)
            if server.parking is not None:
                until(lambda: server.parking._parked)
        assert len(server.active_channels) == 1


def test_plat_16_connections_at_rest_end_after_a_while(monkeypatch):
    with _serving(monkeypatch, IDLE_SECONDS=0.5, _PARK_SECONDS=0.1) as server, ExitStack() as stack:
        idle = [stack.enter_context(_connect(server)) for _ in range(20)]
        assert _ask(idle[0])
        until(lambda: all(_ended(one) for one in idle))
        until(lambda: not server.active_channels)


def test_plat_16_when_there_are_too_many_the_longest_unused_make_room(monkeypatch):
    monkeypatch.setattr(serving, "open_files", lambda: 40)
    with _serving(monkeypatch) as server, ExitStack() as stack:
        many = [stack.enter_context(_connect(server)) for _ in range(120)]
        last = stack.enter_context(_connect(server))
        assert _ask(last)
        assert len(server.active_channels) <= 40
        assert _ended(many[0])


def test_plat_16_an_unread_response_frees_its_thread(monkeypatch):
    with _serving(monkeypatch, THREADS=1, IDLE_SECONDS=1) as server, _connect(server) as deaf:
        deaf.sendall(HEAD.replace(b"GET / ", b"GET /large ") + b"\r\n")
        until(lambda: server.active_channels)
        with _connect(server) as quick:
            quick.settimeout(ANSWER_SECONDS)
            assert _ask(quick)


@pytest.fixture
def site(database, tmp_path):
    """Return data directory and address of a copy of the world."""
    return copy_of_world(database, tmp_path / "data")


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_16_run_py_answers_beside_half_sent_requests_and_thousands_of_idle_connections(site, tmp_path):
    data_dir, url = site
    with Server(data_dir, tmp_path / "server.log", url, KEPAN_JOBS="off") as server, ExitStack() as stack:

        def connect() -> socket.socket:
            return stack.enter_context(
                socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_SECONDS)
            )

        for _ in range(150):
            connect().sendall(HEAD)
        assert server.request("GET", "/login/").status == 200
        for _ in range(2000):
            connect()
        times = []
        for _ in range(20):
            began = time.monotonic()
            assert server.request("GET", "/healthz").status == 200
            times.append(time.monotonic() - began)
        assert sorted(times)[10] < 0.25, times  # seconds
        assert server.request("GET", "/login/").status == 200


class Gunicorn(Server):
    """The same server, run by gunicorn."""

    def command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "gunicorn",
            "-w",
            "1",
            "-b",
            f"127.0.0.1:{self.port}",
            "app:create_app()",
        ]

    def __exit__(self, *error: object) -> None:
        self.process.terminate()  # the workers end with their master
        self.process.wait(ANSWER_SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", [Server, pytest.param(Gunicorn, marks=pytest.mark.long)])
def test_plat_16_behind_a_proxy_cookie_limits_and_log_know_the_client(site, tmp_path, kind):
    data_dir, url = site
    env = {"KEPAN_PROXIES": "1", "KEPAN_RATE_LIMITS": "on", "KEPAN_JOBS": "off"}
    with kind(data_dir, tmp_path / "server.log", url, **env) as server:
        status, headers = _sign_in_page(server, FORWARDED)
        cookie = headers["Set-Cookie"]
        assert status == 200
        assert cookie.startswith("__Host-kepan=")
        assert "; Secure" in cookie
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert _sign_in_page(server, {})[1]["Strict-Transport-Security"] is None

        strangers = [_try(server, f"guess{n}", "wrong", "198.51.100.1") for n in range(22)]
        assert strangers[0] == 401
        assert strangers[-1] == 429, "a stranger is stopped"
        assert _try(server, "agent", PASSWORD, "203.0.113.7") == 200, "the company is not"
        assert _try(server, "agent", PASSWORD, "203.0.113.9, 198.51.100.1") == 429, "the proxy's word counts"

        token = server.request("POST", "/api/v1/security/login",
            {"username": "agent", "password": PASSWORD, "provider": "db"}, headers=FORWARDED).json["access_token"]  # fmt: skip
        body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": "13912340001"}
        assert server.request("POST", "/api/v1/customers", body, token=token, headers=FORWARDED).status == 201
    assert _logged_source(data_dir) == "203.0.113.7"


def _sign_in_page(server, headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_SECONDS)
    connection.request("GET", "/login/", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def _try(server, username: str, password: str, address: str) -> int:
    body = {"username": username, "password": password, "provider": "db"}
    return server.request("POST", "/api/v1/security/login", body, headers={"X-Forwarded-For": address}).status


def _logged_source(data_dir) -> str:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(data_dir / "kepan.db")) as connection:
        statement = "SELECT source FROM operation_log WHERE operation = 'customer.create' ORDER BY id DESC"
        return connection.execute(statement).fetchone()[0]


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_16_without_the_setting_run_py_trusts_no_header_and_the_doctor_says_so(site, tmp_path):
    data_dir, url = site
    with Server(data_dir, tmp_path / "server.log", url, KEPAN_JOBS="off", KEPAN_RATE_LIMITS="on") as server:
        _status, headers = _sign_in_page(server, FORWARDED)
        assert headers["Strict-Transport-Security"] is None
        assert re.match("kepan=", headers["Set-Cookie"])
        tries = [_try(server, f"guess{n}", "wrong", f"198.51.100.{n}") for n in range(22)]
        assert tries[-1] == 429, "an address that one makes up is no way out"
        assert "KEPAN_PROXIES" in server.flask("doctor").stdout
