"""The operator's commands, and installations to run them on."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import Context
from typing import TYPE_CHECKING, Any

from app.kernel.database.session import db
from tests.support.databases.database import make_app
from tests.support.databases.empty import empty_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from flask import Flask


def command(app: Flask, *arguments: Any) -> Result:
    """Run ``flask kepan …`` as a process of its own would: nothing is shared with the caller."""
    words = ["kepan", *map(str, arguments)]
    return Context().run(lambda: app.test_cli_runner().invoke(args=words))


def succeed(app: Flask, *arguments: Any) -> str:
    """Run a command that must succeed. Return its output."""
    result = command(app, *arguments)
    assert result.exit_code == 0, f"{arguments}: {result.output} {result.exception!r}"
    return result.output


@contextmanager
def fresh_installation(backend: str, directory: Path) -> Iterator[Flask]:
    """Yield an application over an empty data directory and an empty database of the backend."""
    directory.mkdir(parents=True, exist_ok=True)
    with empty_database(backend, directory) as address:
        url = f"sqlite:///{directory / 'kepan.db'}" if backend == "sqlite" else address
        app = make_app(directory, url)
        try:
            yield app
        finally:
            close(app)


def close(app: Flask) -> None:
    """End the application's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
