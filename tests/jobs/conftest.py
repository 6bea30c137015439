"""A job of the tests' own, and a tenure to run it under."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.jobs import lease
from app.kernel.jobs import registry as jobs
from app.kernel.jobs.registry import Job, daily
from app.kernel.jobs.runs import add_new_jobs
from app.org.departments.services import create_company
from tests.support.clock import set_due


class Counter:
    """A job that makes a company each time, and can be told to fail."""

    def __init__(self) -> None:
        self.seen: list[bool] = []
        self.error: Exception | None = None

    def run(self, *, dry_run: bool = False):
        self.seen.append(dry_run)
        if self.error is not None:
            raise self.error
        if not dry_run:
            create_company(name=f"第{len(self.seen)}次", actor=SYSTEM)
        return {"files removed": len(self.seen)}


@pytest.fixture
def counter(monkeypatch) -> Counter:
    """Registered as ``counting`` for the test, every day at 4:00."""
    made = Counter()
    monkeypatch.setitem(jobs._jobs, "counting", Job("counting", "Counting", daily(4), made.run))
    monkeypatch.setitem(jobs._labels, "counting", "Counting")
    return made


@pytest.fixture
def job(counter) -> Job:
    return jobs.find_job("counting")


@pytest.fixture
def token(world) -> int:
    """This test is the runner."""
    return lease.acquire("test", 60)


@pytest.fixture
def due(job, token):
    """The job's time has come, since a moment ago."""
    add_new_jobs()
    set_due("counting", clock.now() - timedelta(minutes=1))
