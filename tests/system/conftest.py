"""Fixtures that jobs and background runs share."""

from __future__ import annotations

from threading import Event

import pytest

from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.system.runs import executor


@pytest.fixture
def token(world) -> int:
    """Acquire the lease: this test is the runner."""
    return lease.acquire("test", 60)


@pytest.fixture
def work(app, token):
    """Execute all waiting runs, as the runner does."""

    def run(number: int = token) -> None:
        db.session.remove()
        executor.work(number, Event())

    return run
