"""Dumping and loading whole databases: each of the two kinds in its own way, always all or nothing.

SQLite: the online backup interface copies a consistent state while others write.  PostgreSQL: ``pg_dump``,
and a load that runs in one transaction.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


SQLITE, POSTGRES = "sqlite", "postgresql"
MEMBERS = {SQLITE: "database.sqlite", POSTGRES: "database.pgdump"}
_LOCK_WAIT = "15s"
_LEAVING = 3.0
KEPT_SCHEMA = "kepan_before_"
STOP_FIRST = "the application is running; stop it first"
# Rows of the server's own workers have no user; ordinary users cannot see what other users do.
_COUNT_OTHERS = (
    "SELECT count(*) {into} FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend'"
)


class OperationError(Exception):
    """A command cannot do its work; the message says why and what to do."""


def kind_of(url: str) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    return make_url(url).get_backend_name()


def sqlite_file(url: str) -> str:
    """Return the file of an SQLite database."""
    return make_url(url).database or ""


def dump(url: str, target: Path) -> None:
    """Write the database as of one moment into ``target``, while other processes continue to write."""
    if kind_of(url) == SQLITE:
        _dump_sqlite(sqlite_file(url), target)
    else:
        plain = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={KEPT_SCHEMA}*"]
        _run(["pg_dump", *plain, f"--file={target}"], url)


def _dump_sqlite(source: str, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        message = f"the database cannot be copied to {target.parent.parent}: {error}"
        raise OperationError(message) from error
    check_sqlite(target)


def check_sqlite(file: Path) -> None:
    """Refuse a damaged database file.

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
    """Return the schema's revision; empty for an empty database."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not engine.dialect.has_table(connection, "alembic_version"):
                return ""
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    finally:
        engine.dispose()


def load_postgres(dump_file: Path, url: str, mark: str, keep_as: str) -> None:
    """Replace the content of the database by the dump, in one transaction; ``mark`` is stored as a comment.

    :param keep_as: the schema in which the old content is kept; empty: it is dropped.
    :raises OperationError: when others are connected, or anything fails; the database is then unchanged.
    """
    script = dump_file.with_suffix(".sql")
    with script.open("wb") as file:
        file.write(_head(keep_as).encode())
        file.flush()
        plain = ["--schema=public", "--no-owner", "--no-privileges"]
        _run(["pg_restore", *plain, "--file=-", str(dump_file)], "", output=file)
        file.write(f"\nCOMMENT ON SCHEMA public IS '{mark}';\n".encode())
    quiet = ["--no-psqlrc", "--quiet", "--output", os.devnull]
    _run(["psql", *quiet, "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}"], url)
    script.unlink()


def _head(keep_as: str) -> str:
    """Return the beginning of a load: check that no other process is connected, block new ones, move the old
    state away.
    """
    away = f'ALTER SCHEMA public RENAME TO "{keep_as}"' if keep_as else "DROP SCHEMA public CASCADE"
    return f"""
SET lock_timeout = '{_LOCK_WAIT}';
DO $$
DECLARE
    others integer;
    name text;
BEGIN
    {_COUNT_OTHERS.format(into="INTO others")};
    IF others > 0 THEN
        RAISE EXCEPTION '% other connections to the database: {STOP_FIRST}', others;
    END IF;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', name);
    END LOOP;
END $$;
{away};
CREATE SCHEMA public;
"""  # noqa: S608 - nothing in it was typed


def others_connected(url: str) -> int:
    """Return the number of other connections of the PostgreSQL database, without the server's own
    programs.
    """
    engine = create_engine(url)
    end = time.monotonic() + _LEAVING
    try:
        with engine.connect() as connection:
            count = text(_COUNT_OTHERS.format(into=""))
            while (found := int(connection.scalar(count) or 0)) and time.monotonic() < end:
                connection.rollback()
                time.sleep(0.1)  # the server takes a moment to end a connection that was just closed
            return found
    finally:
        engine.dispose()


def kept_schemas(url: str) -> list[str]:
    """Return the schemas in which restores have kept the replaced states, oldest first."""
    if kind_of(url) == SQLITE:
        return []
    listed = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE :like ORDER BY nspname")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.scalars(listed, {"like": KEPT_SCHEMA.replace("_", "\\_") + "%"}))
    finally:
        engine.dispose()


def drop_schema(url: str, schema: str) -> None:
    """Drop a schema of :func:`kept_schemas` with everything in it."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
    finally:
        engine.dispose()


def rows_of_dump(kind: str, file: Path, table: str, limit: int) -> list[dict[str, Any]]:
    """Return the first rows of a table in a dump; none where it has no such table."""
    if kind == POSTGRES:
        return _rows_of_pgdump(file, table, limit)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table])
        if known.fetchone() is None:
            return []
        first = f'SELECT * FROM "{table}" ORDER BY 1 LIMIT {int(limit)}'  # noqa: S608 - names of our tables
        return [dict(row) for row in connection.execute(first)]


def _rows_of_pgdump(file: Path, table: str, limit: int) -> list[dict[str, Any]]:
    """Read the beginning of the table's COPY statement; the rest of the dump is not read."""
    words = ["--data-only", "--schema=public", f"--table={table}", "--file=-", str(file)]
    rows: list[dict[str, Any]] = []
    columns: list[str] | None = None
    with subprocess.Popen(  # noqa: S603 - arguments of our own, no shell
        [_program("pg_restore"), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for raw in process.stdout or ():
            line = raw.rstrip("\n")
            if columns is None:
                if line.startswith("COPY "):
                    columns = [name.strip(' "') for name in line.split("(", 1)[1].split(")")[0].split(",")]
            elif line == "\\." or len(rows) == limit:
                break
            else:
                values = (None if value == "\\N" else value for value in line.split("\t"))
                rows.append(dict(zip(columns, values, strict=False)))
        process.kill()
    return rows


def mark_of_postgres(url: str) -> str:
    """Return the mark of the last load; empty when there was none."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            said = connection.scalar(text("SELECT obj_description('public'::regnamespace, 'pg_namespace')"))
            return str(said or "")
    finally:
        engine.dispose()


def _run(command: Sequence[str], url: str, output: object = subprocess.DEVNULL) -> None:
    """Run a client program of PostgreSQL; connection data are passed in the environment, invisible to
    others.
    """
    program = _program(command[0])
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


def _program(name: str) -> str:
    """Return the path of a client program of PostgreSQL.

    :raises OperationError: when it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed; install PostgreSQL's client programs"
        raise OperationError(message)
    return found


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
