"""The small world of channel sales, seen in browsers."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.support.channel import Channel, at
from tests.support.faces import Browser


@pytest.fixture
def channel(world, database):
    """One project, two broker companies, three brokers and a company on-site, at a held clock."""
    with at():
        yield Channel.ready(world, database, "channel-start")


@pytest.fixture
def by(app, channel):
    """``by("director")``: somebody's browser."""
    browsers: dict[str, Browser] = {}

    def browser(key: str = "", **kwargs: Any) -> Browser:
        if key not in browsers:
            name = channel.brokers[key].number if key in channel.brokers else key
            browsers[key] = Browser(app, name, **kwargs)
        return browsers[key]

    return browser


def shot(color: str = "red", name: str = "payment.png") -> tuple[BytesIO, str]:
    """The picture of a payment, as a form sends it."""
    buffer = BytesIO()
    Image.new("RGB", (40, 60), color).save(buffer, "PNG")
    buffer.seek(0)
    return buffer, name
