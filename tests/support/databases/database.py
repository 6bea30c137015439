"""Databases for tests: a template per worker and backend is made once with the real commands and services;
every test gets a fresh copy at the same address, so that one application serves them all.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from flask import has_app_context
from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from app import create_app
from app.cli.installation import initialise
from app.kernel.database import cache as versions
from app.kernel.database.cache import forget_cached
from app.kernel.database.session import db
from app.org.sessions import actors
from tests.support.people.world import World, build_world
from tests.support.web.clients import KepanClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from sqlalchemy import URL

T = TypeVar("T")

DEFAULT_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
_PREFIX = "kepan_run_"
_OLD = 60 * 60
_PATIENCE = 200  # milliseconds
_READING = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "EXPLAIN", "SET", "SAVEPOINT", "RELEASE", "ROLLBACK")
_WRITING = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')


def postgres_server() -> URL:
    """Return the address of the server on which tests may create databases."""
    return make_url(os.environ.get("KEPAN_TEST_POSTGRES_URL") or DEFAULT_POSTGRES)


@cache
def postgres_reason() -> str:
    """Return why PostgreSQL cannot be used; empty when it can."""
    engine = create_engine(postgres_server(), connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError:
        return f"PostgreSQL is not reachable at {postgres_server().render_as_string(hide_password=True)}"
    finally:
        engine.dispose()
    return ""


def make_app(directory: Path, url: str = "", env: dict[str, str] | None = None, **overrides: Any) -> Flask:
    """Return an application with a cheap password hash.  Limits are off unless ``env`` switches them on, and
    clients at any address are served in spite of it.
    """
    defaults = {"KEPAN_DATA_DIR": str(directory), "KEPAN_RATE_LIMITS": "off", "KEPAN_DEMO": "yes"}
    variables = {**defaults, **(env or {})}
    if url:
        variables["KEPAN_DATABASE_URL"] = url
    made = create_app(variables, **{"FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1", **overrides})
    made.test_client_class = KepanClient
    return made


def _forget() -> None:
    """Clear what this process has cached of the rows before."""
    actors._actors.clear()
    actors._memories.clear()
    forget_cached()
    versions.forget_cached()


class Database:
    """One backend's database of this worker, with its application and its world."""

    backend = ""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._dirty = True
        self._written: set[str] | None = None  # written tables; None: unknown which
        self._connected_elsewhere = True  # other applications or processes may hold connections
        self._others: list[Flask] = []
        self._actors: dict[tuple[tuple[str, str], ...], Flask] = {}
        self._scenes: dict[str, Any] = {}
        self._create()
        self.app = make_app(directory, self._url)
        with self.app.app_context():
            initialise()
            self.world: World = build_world()
            db.session.remove()
            event.listen(db.engine, "before_cursor_execute", self._notice)
        self.close()
        self._keep_template()

    @property
    def url(self) -> str:
        """The address, for other processes: their writes cannot be seen, so the copy counts as used."""
        self._dirty, self._written, self._connected_elsewhere = True, None, True
        return self._url

    def new_app(self, env: dict[str, str] | None = None, **overrides: Any) -> Flask:
        """Return another application over the same data, for tests of settings; it ends with the test."""
        made = make_app(self.directory, self.url, env, **overrides)
        self._others.append(made)
        return made

    def kept_app(self, env: dict[str, str]) -> Flask:
        """Return an application with these settings that all tests share: making one takes a third of a
        second.
        """
        key = tuple(sorted(env.items()))
        address = self.url  # its writes are not seen
        if key not in self._actors:
            self._actors[key] = make_app(self.directory, address, env)
        return self._actors[key]

    def restore(self) -> None:
        """Restore the template's rows, and clear everything cached by the test before.

        Copying the file back takes 1 ms (PostgreSQL's rows 10 ms) of the 40 ms of a test: rolling back
        savepoints would save less, and would exclude code that opens a session or a thread of its own.
        """
        _forget()
        shutil.rmtree(self.directory / "files", ignore_errors=True)
        if self._dirty:
            self.release()
            self._copy_template()
            self._dirty, self._written, self._connected_elsewhere = False, set(), False

    def scene(self, name: str, build: Callable[[], T]) -> T:
        """Fill a fresh copy by ``build``, which commits and returns plain values that describe the rows.

        A scene that a test begins with is built once and kept.
        """
        if self._dirty:  # the test has rows of its own already
            return build()
        if name in self._scenes:
            self.release()
            self._put_back_scene(name)
        else:
            self._scenes[name] = build()
            self.release()
            self._keep_scene(name)
        _forget()
        self._dirty, self._written = True, None
        found: T = self._scenes[name]
        return found

    def release(self) -> None:
        """Let nobody use the rows while they are replaced."""
        self.close()

    def close(self) -> None:
        """End all connections, those of other applications too."""
        self._end_connections()
        self._others.clear()

    def _end_connections(self) -> None:
        if has_app_context():  # the test's own session
            db.session.remove()
        for one in [self.app, *self._others, *self._actors.values()]:
            with one.app_context():
                db.session.remove()
                db.engine.dispose()

    def remove(self) -> None:
        """Remove everything."""
        self.close()

    def _notice(self, _connection, _cursor, statement: str, *_more) -> None:
        if statement.lstrip().upper().startswith(_READING):
            return
        self._dirty = True
        found = _WRITING.match(statement.lstrip())
        if found is None:
            self._written = None
        elif self._written is not None:
            self._written.add(found[1])

    @property
    def _url(self) -> str:
        raise NotImplementedError

    def _create(self) -> None:
        raise NotImplementedError

    def _keep_template(self) -> None:
        raise NotImplementedError

    def _copy_template(self) -> None:
        raise NotImplementedError

    def _keep_scene(self, name: str) -> None:
        raise NotImplementedError

    def _put_back_scene(self, name: str) -> None:
        raise NotImplementedError


class Sqlite(Database):
    """The embedded default: a file."""

    backend = "sqlite"

    def _keep_scene(self, name: str) -> None:
        shutil.copyfile(self._file, self.directory / f"{name}.scene")

    def _put_back_scene(self, name: str) -> None:
        self._put_back(self.directory / f"{name}.scene")

    @property
    def _file(self) -> Path:
        return self.directory / "kepan.db"

    @property
    def _url(self) -> str:
        return f"sqlite:///{self._file}"

    def _create(self) -> None:
        pass

    def _keep_template(self) -> None:
        assert not self._file.with_name("kepan.db-wal").exists(), "closing must have emptied the log"
        shutil.copyfile(self._file, self.directory / "template.db")

    def _copy_template(self) -> None:
        self._put_back(self.directory / "template.db")

    def _put_back(self, kept: Path) -> None:
        if self._file.with_name("kepan.db-wal").exists():
            gc.collect()  # a statement in a traceback may still hold the file, which must not change meanwhile
        for suffix in ("-wal", "-shm"):
            self._file.with_name(f"kepan.db{suffix}").unlink(missing_ok=True)
        shutil.copyfile(kept, self._file)


class Postgres(Database):
    """A database of its own on the test server; the template's rows are in a schema beside the tables.

    One script restores the rows of the tables that were written (dropping and copying a database takes 0.4
    s), so that a test may change any row, but no table's structure.
    """

    backend = "postgres"

    def __init__(self, directory: Path) -> None:
        self.name = f"{_PREFIX}{int(time.time()):x}_{uuid.uuid4().hex[:12]}"
        self._server = create_engine(postgres_server(), isolation_level="AUTOCOMMIT")
        self._inside = create_engine(postgres_server().set(database=self.name), pool_size=1, max_overflow=0)
        self._scripts: dict[str, list[str]] = {}  # table → the statements that restore its rows
        self._below: dict[str, set[str]] = {}  # table → the tables whose rows are deleted with it
        self._kept: dict[str, list[str]] = {}  # scene → the statements that restore its rows
        super().__init__(directory)

    @property
    def _url(self) -> str:
        return postgres_server().set(database=self.name).render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with self._server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _create(self) -> None:
        self._drop_leftovers()
        self._run(
            f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'",
            f"ALTER DATABASE {self.name} SET synchronous_commit = off",  # no test outlives the server
        )

    def _keep_template(self) -> None:
        with self._inside.begin() as connection:
            connection.execute(text("CREATE SCHEMA template"))
            inspector = inspect(connection)
            for table in inspector.get_table_names():
                script = self._scripts[table] = [f'DELETE FROM "{table}"']
                copied = connection.execute(text(f'CREATE TABLE template."{table}" AS TABLE "{table}"'))
                if copied.rowcount:
                    script.append(f'INSERT INTO "{table}" SELECT * FROM template."{table}"')
                for key in inspector.get_foreign_keys(table):
                    if key["options"].get("ondelete"):
                        self._below.setdefault(key["referred_table"], set()).add(table)
            owned = (
                "SELECT coalesce(d.refobjid::regclass::text, ''), s.sequencename, coalesce(s.last_value, 1),"
                " s.last_value IS NOT NULL FROM pg_sequences s LEFT JOIN pg_depend d"
                " ON d.objid = quote_ident(s.sequencename)::regclass AND d.deptype IN ('a', 'i')"
            )
            for table, name, value, called in connection.execute(text(owned)).all():
                self._scripts.setdefault(table, []).append(f"SELECT setval('\"{name}\"', {value}, {called})")

    def _copy_template(self) -> None:
        self._replay([line for table in self._to_put_back() for line in self._scripts[table]])

    def release(self) -> None:
        """Give the connections back.  They stay open: a new one plans its first statements without a catalogue."""
        if self._connected_elsewhere:
            self.close()
            return
        if has_app_context():
            db.session.remove()
        with self.app.app_context():
            db.session.remove()

    def _replay(self, script: list[str]) -> None:
        """Replace rows in one transaction in which no key is checked.  Who still holds a lock is disconnected."""
        replaced = "; ".join(
            ["SET LOCAL session_replication_role = replica", f"SET LOCAL lock_timeout = {_PATIENCE}", *script]
        )
        try:
            if not self._connected_elsewhere:
                with self._inside.begin() as connection:
                    connection.exec_driver_sql(replaced)
                return
        except OperationalError:
            self.close()
        with self._inside.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            connection.exec_driver_sql(replaced)

    def _keep_scene(self, name: str) -> None:
        self._kept[name] = self._keep_rows(f"scene_{len(self._kept)}")

    def _put_back_scene(self, name: str) -> None:
        self._replay(self._kept[name])

    def _keep_rows(self, schema: str) -> list[str]:
        """Copy the rows of all tables into a schema.  Return the statements that restore them."""
        scripts, after = [], []
        with self._inside.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            inspector = inspect(connection)
            for table in inspector.get_table_names():
                scripts.append(f'DELETE FROM "{table}"')
                if connection.execute(text(f'CREATE TABLE {schema}."{table}" AS TABLE "{table}"')).rowcount:
                    scripts.append(f'INSERT INTO "{table}" SELECT * FROM {schema}."{table}"')
            sequences = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
            for name, value in connection.execute(text(sequences)).all():
                after.append(f"SELECT setval('\"{name}\"', {value}, true)")
        return [*scripts, *after]

    def _to_put_back(self) -> set[str]:
        """Return the tables that were written, and those that their deletions cascade to."""
        if self._written is None:
            return {*self._scripts}
        found = {""} & {*self._scripts}  # sequences of no table
        waiting = {*self._written}
        while waiting:
            table = waiting.pop()
            found.add(table)
            waiting |= self._below.get(table, set()) - found
        return found

    def remove(self) -> None:
        super().remove()
        self._inside.dispose()
        self._run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self._server.dispose()

    def _drop_leftovers(self) -> None:
        """Drop databases of runs that were killed; the name says when each began."""
        listed = text("SELECT datname FROM pg_database WHERE datname LIKE :like")
        with self._server.connect() as connection:
            names = connection.execute(listed, {"like": f"{_PREFIX}%"}).scalars().all()
        for name in names:
            began = int(name.removeprefix(_PREFIX).split("_")[0], 16)
            if began < time.time() - _OLD:
                self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


BACKENDS: dict[str, type[Database]] = {"sqlite": Sqlite, "postgres": Postgres}
