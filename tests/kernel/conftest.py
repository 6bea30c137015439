"""The application's context without a database, for what needs keys, forms or a language only."""

from __future__ import annotations

import pytest

from tests.support.database import make_app


@pytest.fixture(scope="module")
def _bare_app(tmp_path_factory):
    return make_app(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare(_bare_app):
    """The application inside a page's request; its database is empty."""
    with _bare_app.test_request_context("/"):
        yield _bare_app
