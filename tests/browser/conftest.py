"""A running server over the small world, and chromium."""

from __future__ import annotations

import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest
from waitress import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_CHROMIUM = "chromium is not installed"


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """The browser itself."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("KEPAN_CI") == "1":
            pytest.fail(f"{NO_CHROMIUM}; with KEPAN_CI=1 nothing is left out", pytrace=False)
        pytest.skip(f"left out: {NO_CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def live(app, world) -> Iterator[str]:
    """Address of a server that serves the test's application."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(10)
