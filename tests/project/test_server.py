"""The tests' server is awaited as long as its process lives and works, not for a fixed time."""

from __future__ import annotations

import pytest

from tests.support.processes import server
from tests.support.processes.server import Server

pytestmark = pytest.mark.process

IDLE = 1.0

ANSWERS = """
import http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
{before}
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
COMPUTES = "end = time.monotonic() + {seconds}\nwhile time.monotonic() < end: sum(range(1000))"
WRITES = "for _ in range({steps}): print(1, flush=True); time.sleep(0.2)"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that starts a server whose ``run.py`` is the given text."""
    monkeypatch.setattr(server, "IDLE_SECONDS", IDLE)

    def run(text: str) -> None:
        (tmp_path / "run.py").write_text(text, encoding="utf-8")
        with Server(tmp_path, tmp_path / "log", root=tmp_path) as made:
            assert made.request("GET", "/").status == 200

    return run


@pytest.mark.parametrize("before", [COMPUTES.format(seconds=3 * IDLE), WRITES.format(steps=12)])
def test_a_slow_start_is_awaited(start, before):
    start(ANSWERS.format(status=200, before=before))


@pytest.mark.parametrize("text", ["import time; time.sleep(600)", ANSWERS.format(status=503, before="")])
def test_a_start_that_hangs_or_never_gets_ready_is_given_up(start, text):
    with pytest.raises(TimeoutError):
        start(text)


def test_a_start_that_fails_says_what_it_wrote(start):
    with pytest.raises(AssertionError, match="no such table"):
        start("import sys; sys.exit('no such table')")
