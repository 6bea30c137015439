"""Taking and loading whole databases: the two kinds do it in their own way, always all or nothing.

SQLite: the online backup interface copies a consistent state while others write.  PostgreSQL: ``pg_dump``,
and a load that runs in one transaction.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


SQLITE, POSTGRES = "sqlite", "postgresql"
MEMBERS = {SQLITE: "database.sqlite", POSTGRES: "database.pgdump"}
_LOCK_WAIT = "15s"


class OperationError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""


def kind_of(url: str) -> str:
    """``sqlite`` or ``postgresql``."""
    return make_url(url).get_backend_name()


def sqlite_file(url: str) -> str:
    """The file of an SQLite database."""
    return make_url(url).database or ""


def dump(url: str, target: Path) -> None:
    """Write the database as it is at one moment into ``target``, while others go on writing."""
    if kind_of(url) == SQLITE:
        _dump_sqlite(sqlite_file(url), target)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def _dump_sqlite(source: str, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    check_sqlite(target)


def check_sqlite(file: Path) -> None:
    """Refuse a file that is no sound database.

    :raises OperationError: when SQLite finds it damaged.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        message = f"{file.name} is damaged: {verdict}"
        raise OperationError(message)


def check_dump(kind: str, file: Path) -> None:
    """Refuse a dump that cannot be read to its end."""
    if kind == SQLITE:
        check_sqlite(file)
    else:
        _run(["pg_restore", f"--file={os.devnull}", str(file)], "")


def schema_of(url: str) -> str:
    """The schema's revision; empty for an empty database."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not engine.dialect.has_table(connection, "alembic_version"):
                return ""
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    finally:
        engine.dispose()


def load_postgres(dump_file: Path, url: str, mark: str) -> None:
    """Replace everything in the database by the dump, in one transaction; ``mark`` stays as its comment.

    :raises OperationError: when anything fails; the database is then as it was.
    """
    script = dump_file.with_suffix(".sql")
    head = f"SET lock_timeout = '{_LOCK_WAIT}';\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
    with script.open("wb") as file:
        file.write(head.encode())
        file.flush()
        _run(["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump_file)], "", output=file)
        file.write(f"\nCOMMENT ON SCHEMA public IS '{mark}';\n".encode())
    quiet = ["--no-psqlrc", "--quiet", "--output", os.devnull]
    _run(["psql", *quiet, "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}"], url)
    script.unlink()


def mark_of_postgres(url: str) -> str:
    """The mark that the last load left; empty when there was none."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            said = connection.scalar(text("SELECT obj_description('public'::regnamespace, 'pg_namespace')"))
            return str(said or "")
    finally:
        engine.dispose()


def _run(command: Sequence[str], url: str, output: object = subprocess.DEVNULL) -> None:
    """Run a client program of PostgreSQL; where to connect goes through the environment, unseen by others."""
    program = shutil.which(command[0])
    if program is None:
        message = f"{command[0]} is not installed; install PostgreSQL's client programs"
        raise OperationError(message)
    done = subprocess.run(  # noqa: S603 - arguments of our own, no shell
        [program, *command[1:]],
        env={**os.environ, **_libpq(url)},
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        message = f"{command[0]} failed: {said[0] if said else done.returncode}"
        raise OperationError(message)


def _libpq(url: str) -> dict[str, str]:
    if not url:
        return {}
    parsed = make_url(url)
    found = {
        "PGHOST": parsed.host or "",
        "PGPORT": str(parsed.port or ""),
        "PGUSER": parsed.username or "",
        "PGPASSWORD": str(parsed.password or ""),
        "PGDATABASE": parsed.database or "",
        **{f"PG{name.upper()}": str(value) for name, value in parsed.query.items()},
    }
    return {name: value for name, value in found.items() if value}
