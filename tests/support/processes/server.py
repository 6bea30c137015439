"""The product as a process of its own, as an operator starts it: ``python run.py``, killed and
started again.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tests.support.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.databases.database import Database

ANSWER_SECONDS = 120.0  # seconds for one response, however busy the machine is
IDLE_SECONDS = 60.0  # seconds without computing or output after which a starting server hangs


class Answer(NamedTuple):
    """A response of the server."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        """Return the parsed body."""
        return json.loads(self.text)


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_of_world(database: Database, directory: Path) -> tuple[Path, str]:
    """Return a data directory with the world for a process of its own, and its database's address.

    SQLite: a copy of the file. PostgreSQL: the test's own database, which is dropped after the test.
    """
    directory.mkdir(mode=0o700)
    shutil.copy(database.directory / "keys.json", directory)
    if database.backend != "sqlite":
        return directory, database.url
    with (
        closing(sqlite3.connect(database.directory / "kepan.db")) as present,
        closing(sqlite3.connect(directory / "kepan.db")) as copied,
    ):
        present.backup(copied)  # including what is still in the journal
    return directory, ""


def work_done(process: subprocess.Popen[bytes], log: Path) -> tuple[int, int]:
    """Return what grows while the process or one that it started works: its output and, where the system reports it, the
    computing time.
    """
    parents, times = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):  # none where it is not Linux: only the output shows it
        with suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid], times[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    family, newest = {process.pid}, {process.pid}
    while newest:
        newest = {pid for pid, parent in parents.items() if parent in newest}
        family |= newest
    return log.stat().st_size, sum(times.get(pid, 0) for pid in family)


def wait_until_ready(process: subprocess.Popen[bytes], log: Path, status: Callable[[], int]) -> None:
    """Wait until the status is 200: as long as the process lives and works.  0 is no response.

    :raises AssertionError: when it ended, with its output.
    :raises TimeoutError: when it hangs, with its output.
    """
    seen, since = work_done(process, log), time.monotonic()
    while time.monotonic() - since < IDLE_SECONDS:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        answered = status()
        if answered == 200:
            return
        time.sleep(0.05)
        done = work_done(process, log)
        if done != seen and not answered:  # computing the response that it is not ready does not count
            seen, since = done, time.monotonic()
    raise TimeoutError(log.read_text(encoding="utf-8"))


class Server:
    """``run.py`` over a data directory (and another database, if given); its output goes to a file.

    ``root`` is the checkout to run; this one by default.
    """

    def __init__(
        self, data_dir: Path, log: Path, database_url: str = "", *, root: Path = ROOT, **env: str
    ) -> None:
        self.root = root
        self.port = free_port()
        self.log = log
        self.database_url = database_url or f"sqlite:///{data_dir / 'kepan.db'}"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KEPAN_")},
            "KEPAN_DATA_DIR": str(data_dir),
            "KEPAN_DATABASE_URL": self.database_url,
            "KEPAN_RATE_LIMITS": "off",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it is ready to serve: as long as the process lives and works.

        :raises AssertionError: when it ended, with its output.
        :raises TimeoutError: when it hangs.
        """
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=self.root, env=self.env, stdout=output, stderr=output
            )
        try:
            wait_until_ready(self.process, self.log, self._readiness)
        except TimeoutError:
            self.kill()
            raise

    def command(self) -> list[str]:
        """Return the command that serves."""
        return [sys.executable, "run.py"]

    def _readiness(self) -> int:
        """Return the status of the readiness check; 0 while there is no response."""
        try:
            return self.request("GET", "/readyz").status
        except (OSError, http.client.HTTPException):
            return 0

    def kill(self) -> None:
        """End it as a power failure would: ``kill -9``."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(ANSWER_SECONDS)

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command over the same data: ``flask kepan …``."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", "kepan", *arguments],
            cwd=self.root, env=self.env, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request on a connection of its own. Text and bytes are sent unchanged, anything else as
        JSON.
        """
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        payload = (
            body
            if body is None or isinstance(body, bytes)
            else (body if isinstance(body, str) else json.dumps(body)).encode()
        )
        sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, payload, sent)
            response = connection.getresponse()
            return Answer(response.status, response.read().decode())
        finally:
            connection.close()

    def token(self, username: str, password: str) -> str:
        """Sign in over the API."""
        answer = self.request(
            "POST", "/api/v1/security/login", {"username": username, "password": password, "provider": "db"}
        )
        assert answer.status == 200, answer.text
        return answer.json["access_token"]
