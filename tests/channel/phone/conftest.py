"""Channel sales on the phone, at the real time."""

from __future__ import annotations

import pytest


@pytest.fixture
def channel(channel_now):
    return channel_now


@pytest.fixture
def phone(by):
    """``phone("broker1")``: the phone of a person of the scene; without a name, an anonymous one."""
    return by


@pytest.fixture
def on(by):
    """``on("onsite")``: the same, named for tests of work on site."""
    return by
