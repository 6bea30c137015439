"""An application served behind HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def proxied_app(database) -> Flask:
    """Return the application behind one proxy that terminates HTTPS."""
    return database.new_app({"KEPAN_PROXIES": "1"})
