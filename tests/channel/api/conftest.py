"""Channel sales over HTTP, at the real time."""

from __future__ import annotations

import pytest


@pytest.fixture
def channel(channel_now):
    return channel_now


@pytest.fixture
def by(api_by):
    return api_by
