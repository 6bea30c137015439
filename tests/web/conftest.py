"""What the tests of the pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.kernel.database.session import db
from app.kernel.settings.declarations import find_setting
from tests.support.make import make_customer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


@pytest.fixture
def customer(world) -> int:
    """Id of a personal customer of ``agent``'s."""
    return make_customer(world.actor("agent"), name="常用客户").id


@pytest.fixture
def setting(world) -> Callable[[str, Any], None]:
    """Store a setting."""

    def store(name: str, value: Any) -> None:
        find_setting(name).store(value)
        db.session.commit()

    return store


@pytest.fixture
def fresh_app(database) -> Flask:
    """An application of the test's own over the same data: addresses may be added to it."""
    return database.new_app()


@pytest.fixture
def proxied_app(database) -> Flask:
    """The application behind one proxy that ends HTTPS."""
    return database.new_app({"KEPAN_PROXIES": "1"})
