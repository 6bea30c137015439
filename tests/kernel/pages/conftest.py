"""An application to which routes may be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def fresh_app(database) -> Flask:
    """Return an application of this test over the same data, to which routes may be added."""
    return database.new_app()
