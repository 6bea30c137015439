"""The scene of channel sales."""

from __future__ import annotations

import pytest

from tests.support.channel.scene import Channel, at


@pytest.fixture
def channel(world):
    """One project, two broker companies, three brokers and a company on-site, with a stopped clock."""
    with at():
        yield Channel(world)
