"""A job for tests, and a tenure to run it under."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.jobs import lease
from app.kernel.jobs.registry import Job, find_job
from app.kernel.jobs.runs import add_new_jobs
from tests.support.clock import set_due
from tests.support.jobs import Counter, register_counter


@pytest.fixture
def counter(monkeypatch) -> Counter:
    """Register the job ``counting`` for the test, every day at 4:00."""
    return register_counter(monkeypatch)


@pytest.fixture
def job(counter) -> Job:
    return find_job("counting")


@pytest.fixture
def token(world) -> int:
    """Acquire the lease: this test is the runner."""
    return lease.acquire("test", 60)


@pytest.fixture
def due(job, token):
    """Make the job due, since a moment ago."""
    add_new_jobs()
    set_due("counting", clock.now() - timedelta(minutes=1))
