"""A job for tests."""

from __future__ import annotations

import pytest

from app.kernel.jobs.registry import Job, find_job
from tests.support.jobs import Counter, register_counter


@pytest.fixture
def counter(monkeypatch) -> Counter:
    """Register the job ``counting`` for the test, every day at 4:00."""
    return register_counter(monkeypatch)


@pytest.fixture
def job(counter) -> Job:
    return find_job("counting")
