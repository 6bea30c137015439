"""The small world of channel sales, spoken to over HTTP."""

from __future__ import annotations

import pytest

from tests.support.channel import Channel
from tests.support.clients import ApiClient


@pytest.fixture
def channel(world, database):
    """One project, two broker companies, three brokers and a company on-site, now."""
    return Channel.ready(world, database, "channel-now")


@pytest.fixture
def by(app, channel):
    """``by("broker1")``: the API as somebody of this world uses it."""
    clients: dict[str, ApiClient] = {}

    def client(key: str) -> ApiClient:
        if key not in clients:
            clients[key] = ApiClient(app, channel.brokers[key].number if key in channel.brokers else key)
        return clients[key]

    return client
