"""An application to which addresses may be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def fresh_app(database) -> Flask:
    """An application of the test's own over the same data: addresses may be added to it."""
    return database.new_app()
