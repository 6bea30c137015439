"""The product as a process of its own, as an operator starts it: ``python run.py``, killed, started again."""

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
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.database import Database

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 120.0  # for one answer, however busy the machine is
IDLE_SECONDS = 60.0  # a server that starts and neither computes nor writes for so long hangs


class Answer(NamedTuple):
    """What the server said."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.text)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_of_world(database: Database, directory: Path) -> tuple[Path, str]:
    """A data directory with the small world for a process of its own, and its database's address.

    SQLite: a copy of the file.  PostgreSQL: the test's database itself, which is thrown away after the test.
    """
    directory.mkdir(mode=0o700)
    shutil.copy(database.directory / "keys.json", directory)
    if database.backend != "sqlite":
        return directory, database.url
    with (
        closing(sqlite3.connect(database.directory / "kepan.db")) as present,
        closing(sqlite3.connect(directory / "kepan.db")) as copied,
    ):
        present.backup(copied)  # with what still stands in the journal
    return directory, ""


class Server:
    """``run.py`` over a data directory (and a database elsewhere, if named); its output goes to a file.

    ``root`` is the checkout that runs; this one, unless it is another.
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

        :raises AssertionError: when it ended, with what it wrote.
        :raises TimeoutError: when it hangs.
        """
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "run.py"], cwd=self.root, env=self.env, stdout=output, stderr=output
            )
        seen, since = self._work_done(), time.monotonic()
        while time.monotonic() - since < IDLE_SECONDS:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            status = self._readiness()
            if status == 200:
                return
            time.sleep(0.02)
            done = self._work_done()
            if done != seen and not status:  # what it computes to answer that it is not ready does not count
                seen, since = done, time.monotonic()
        self.kill()
        raise TimeoutError(self.log.read_text(encoding="utf-8"))

    def _readiness(self) -> int:
        """The status of the readiness check; 0 as long as nobody answers."""
        try:
            return self.request("GET", "/readyz").status
        except (OSError, http.client.HTTPException):
            return 0

    def _work_done(self) -> tuple[int, str]:
        """What grows while the process works: its output and, where the system tells it, its computing time."""
        assert self.process is not None
        try:
            status = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
            computed = " ".join(status.rpartition(")")[2].split()[11:13])
        except OSError:  # another system than Linux: the output alone tells
            computed = ""
        return self.log.stat().st_size, computed

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
        """One request on a connection of its own.  Text and bytes are sent as they are, anything else as JSON."""
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
