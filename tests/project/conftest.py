"""The application without a database, for tests of what is registered."""

from __future__ import annotations

import pytest

from app import create_app


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory):
    """Return an application over an empty data directory."""
    directory = tmp_path_factory.mktemp("bare")
    return create_app({"KEPAN_DATA_DIR": str(directory), "KEPAN_RATE_LIMITS": "off"})
