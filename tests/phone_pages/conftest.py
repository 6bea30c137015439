"""The small world of channel sales at the phone."""

from __future__ import annotations

import pytest

from tests.support.channel import Channel
from tests.support.faces import Browser


@pytest.fixture
def channel(world, database):
    """One project, two broker companies, three brokers and a company on-site, now."""
    return Channel.ready(world, database, "channel-now")


@pytest.fixture
def phone(app, channel):
    """``phone("broker1")``: the phone of somebody of this world; nobody's without a name."""
    phones: dict[str, Browser] = {}

    def of(key: str = "") -> Browser:
        if key not in phones:
            phones[key] = Browser(app, channel.brokers[key].number if key in channel.brokers else key)
        return phones[key]

    return of
