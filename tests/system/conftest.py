"""Fixtures that jobs and background runs share."""

from __future__ import annotations

import pytest

from app.kernel.jobs import lease


@pytest.fixture
def token(world) -> int:
    """Acquire the lease: this test is the runner."""
    return lease.acquire("test", 60)
