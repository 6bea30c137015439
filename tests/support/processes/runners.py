"""Job runners as processes of their own: ``flask kepan jobs``, killed or stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import create_engine, text

from app.kernel.database.session import prepare_engine
from tests.support.processes.server import ANSWER_SECONDS, copy_of_world
from tests.support.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STEP = 0.05


def until(condition: Callable[[], Any], patience: float = ANSWER_SECONDS) -> Any:
    """Wait until a condition is true. Return its value.

    The patience is counted in steps: on a machine that is too busy to take them, it lasts longer.

    :raises TimeoutError: when it does not become true.
    """
    for _step in range(int(patience / _STEP)):
        found = condition()
        if found:
            return found
        time.sleep(_STEP)
    raise TimeoutError(condition)


class RunnerProcess:
    """One of several runners over the same data, with a short lease."""

    def __init__(self, data_dir: Path, database_url: str, log: Path, lease: int = 2, **env: str) -> None:
        self.log = log
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KEPAN_")},
            "KEPAN_DATA_DIR": str(data_dir),
            "KEPAN_RATE_LIMITS": "off",
            "KEPAN_LEASE_SECONDS": str(lease),
            **({"KEPAN_DATABASE_URL": database_url} if database_url else {}),
            **env,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "kepan", "jobs"],
                cwd=ROOT, env=self.env, stdout=output, stderr=output,
            )  # fmt: skip
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The number of the process, which is also in the lease's holder."""
        assert self.process is not None
        return self.process.pid

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end. Return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(ANSWER_SECONDS)

    def said(self) -> str:
        """Return its output."""
        return self.log.read_text(encoding="utf-8")


class Site:
    """A copy of the world outside this process, and queries of its database."""

    def __init__(self, database, tmp_path) -> None:
        self.data_dir, self.url = copy_of_world(database, tmp_path / "data")
        self.tmp_path = tmp_path
        self.engine = create_engine(self.url or f"sqlite:///{self.data_dir / 'kepan.db'}")
        prepare_engine(self.engine)
        self._number = 0

    def runner(self, **env: str) -> RunnerProcess:
        self._number += 1
        return RunnerProcess(self.data_dir, self.url, self.tmp_path / f"runner{self._number}.log", **env)

    def ask(self, sql: str):
        with self.engine.begin() as connection:
            result = connection.execute(text(sql))
            return result.all() if result.returns_rows else []

    def holder(self) -> int:
        """Return the number of the process that holds the lease, if it has not expired."""
        now = "clock_timestamp()" if self.url else "strftime('%Y-%m-%d %H:%M:%f', 'now')"
        rows = self.ask(f"SELECT holder FROM job_lease WHERE expires_at > {now}")
        return int(rows[0][0].split(":")[1]) if rows else 0

    def runs(self) -> list[tuple[str, str]]:
        return [tuple(row) for row in self.ask("SELECT job, state FROM job_run ORDER BY id")]

    def request_run(self, job: str) -> None:
        self.ask(
            "INSERT INTO job_run (job, state, dry_run, asked_at, report, error) "
            f"VALUES ('{job}', 'waiting', false, '2026-01-01 00:00:00+00:00', '{{}}', '')"
        )

    def close(self) -> None:
        self.engine.dispose()
