"""Databases with nothing in them, for tests of migrations."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFAULT_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def empty_database(backend: str, directory: Path) -> Iterator[str]:
    """Address of a new, empty database; gone afterwards."""
    if backend == "sqlite":
        yield f"sqlite:///{directory / f'{uuid.uuid4().hex}.db'}"
        return
    server = make_url(os.environ.get("KEPAN_TEST_POSTGRES_URL") or DEFAULT_POSTGRES)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"kepan_empty_{uuid.uuid4().hex[:16]}"
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
