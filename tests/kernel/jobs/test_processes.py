"""PLAT-4, PLAT-11: real processes: one of several runs the jobs, is replaced when it is killed, and ends when
asked to.
"""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack

import pytest

from tests.support.processes.runners import Site, until
from tests.support.processes.server import Server

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]
LATEST_TAKE_OVER = 30


@pytest.fixture
def site(database, tmp_path):
    made = Site(database, tmp_path)
    yield made
    made.close()


def test_plat_4_killing_the_leader_hands_over_within_30_seconds(site):
    with ExitStack() as stack:
        runners = {r.pid: r for r in [stack.enter_context(site.runner()) for _ in range(2)]}
        until(lambda: all("running jobs" in runner.said() for runner in runners.values()))
        leader = until(site.holder)
        site.request_run("tidy")
        until(lambda: ("tidy", "done") in site.runs())
        site.request_run("sweep_files")
        killed_at = time.monotonic()
        runners.pop(leader).end(signal.SIGKILL)
        ((other, runner),) = runners.items()
        until(lambda: site.holder() == other, LATEST_TAKE_OVER)
        assert time.monotonic() - killed_at < LATEST_TAKE_OVER
        until(lambda: ("sweep_files", "done") in site.runs())
        asked = [run for run in site.runs() if run[0] in {"tidy", "sweep_files"}]
        assert asked == [("tidy", "done"), ("sweep_files", "done")], "each once"
        assert "lease_taken" in runner.said()


def test_plat_13_sigterm_gives_the_lease_back_at_once(site):
    with site.runner(KEPAN_LEASE_SECONDS="20") as runner:
        until(lambda: site.holder() == runner.pid)
        assert runner.end(signal.SIGTERM) == 0
        assert site.holder() == 0
        assert "Traceback" not in runner.said()


@pytest.mark.long
def test_plat_16_run_py_runs_the_jobs_unless_switched_off(site, tmp_path):
    with Server(site.data_dir, tmp_path / "server.log", site.url, KEPAN_LEASE_SECONDS="2") as server:
        until(lambda: site.holder() == server.process.pid)
        assert "run by" in server.flask("doctor").stdout
        site.request_run("tidy")
        until(lambda: ("tidy", "done") in site.runs())
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert site.holder() == 0
    with Server(site.data_dir, tmp_path / "quiet.log", site.url, KEPAN_JOBS="off") as server:
        doctor = server.flask("doctor")
        assert "no runner" in doctor.stdout
        assert doctor.returncode == 0, "a warning"
        assert "tidy" in server.flask("jobs", "list").stdout
        done = server.flask("jobs", "run", "tidy", "--dry-run")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("would do")
        assert site.runs()[-1] == ("tidy", "done")
        assert server.flask("jobs", "run", "nothing").returncode == 1
