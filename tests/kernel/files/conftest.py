"""Both kinds of storage: a directory, and an S3 server by moto."""

from __future__ import annotations

import logging

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from app.kernel.files.storage import storage

BUCKET = "kepan-test"


@pytest.fixture(scope="session")
def s3():
    """Start an S3 server; return the settings for it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    env = {
        "KEPAN_FILES_URL": f"s3://{BUCKET}/some/prefix",
        "KEPAN_FILES_ENDPOINT": f"http://{host}:{port}",
        "KEPAN_FILES_KEY": "key",
        "KEPAN_FILES_SECRET": "secret",
    }
    place = fsspec.filesystem(
        "s3", key="key", secret="secret", endpoint_url=env["KEPAN_FILES_ENDPOINT"], use_listings_cache=False
    )
    place.mkdir(BUCKET)
    yield env
    server.stop()


@pytest.fixture(params=["directory", "s3"])
def stored_app(request, database):
    """Return the application over each kind of storage, empty at first."""
    env = request.getfixturevalue("s3") if request.param == "s3" else {}
    app = database.kept_app(env)
    with app.app_context():
        place = storage()
        if place.fs.exists(place.root):
            place.fs.rm(place.root, recursive=True)
    return app


@pytest.fixture
def contents(stored_app):
    """Return a function that lists the names of all stored files."""

    def names() -> set[str]:
        with stored_app.app_context():
            place = storage()
            place.fs.invalidate_cache()
            return {path.removeprefix(f"{place.root}/") for path in place.fs.find(place.root)}

    return names
