"""The small world of channel sales, as it is seen on phones."""

from __future__ import annotations

import pytest

from tests.support.channel import Channel
from tests.support.faces import Browser


@pytest.fixture
def channel(world, database):
    """One project, two broker companies, three brokers and a company on-site, now."""
    return Channel.ready(world, database, "channel-now")


@pytest.fixture
def on(app, channel):
    """``on("onsite")``: the phone of somebody of this world."""
    phones: dict[str, Browser] = {}

    def phone(key: str, **how) -> Browser:
        if key not in phones:
            name = channel.brokers[key].number if key in channel.brokers else key
            phones[key] = Browser(app, name, **how)
        return phones[key]

    return phone
