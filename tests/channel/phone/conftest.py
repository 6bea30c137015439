"""Channel sales at the phone, by the real clock."""

from __future__ import annotations

import pytest


@pytest.fixture
def channel(channel_now):
    return channel_now


@pytest.fixture
def phone(by):
    """``phone("broker1")``: the phone of somebody of this world; nobody's without a name."""
    return by


@pytest.fixture
def on(by):
    """``on("onsite")``: the same, as tests of what happens on site read."""
    return by
