"""The scene of channel sales, in browsers and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.channel.scene import Channel, at
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser


@pytest.fixture
def channel(world, database):
    """One project, two broker companies, three brokers and a company on-site, with a stopped clock."""
    with at():
        yield Channel.ready(world, database, "channel-start")


@pytest.fixture
def channel_now(world, database):
    """The same scene at the real time; tests that need it override ``channel`` with it."""
    return Channel.ready(world, database, "channel-now")


@pytest.fixture
def by(app, channel):
    """``by("director")``: the browser of a person of the scene; without a name, an anonymous one."""
    browsers: dict[str, Browser] = {}

    def browser(key: str = "", **kwargs: Any) -> Browser:
        if key not in browsers:
            browsers[key] = Browser(app, channel.username(key), **kwargs)
        return browsers[key]

    return browser


@pytest.fixture
def api_by(app, channel):
    """``api_by("broker1")``: the API as a person of the scene uses it."""
    clients: dict[str, ApiClient] = {}

    def client(key: str) -> ApiClient:
        if key not in clients:
            clients[key] = ApiClient(app, channel.username(key))
        return clients[key]

    return client
