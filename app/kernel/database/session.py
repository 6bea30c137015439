"""The database session, its column types and its engines.

SQLite: WAL, foreign keys on, and write transactions begin IMMEDIATE with their first statement, because a
transaction that has read and then writes fails at once with "database is locked" whatever the busy time-out.
GET requests only read.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request
from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.kernel.folding import search_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy.engine import Connection


Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Records stay usable after the commit that ends a request's work: they are about to be shown.
db: SQLAlchemy = SQLA(model_class=Model, session_options={"expire_on_commit": False})

_SQLITE_OUTAGE = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    }
)  # fmt: skip
_POSTGRES_OUTAGE = frozenset({"08", "53", "57"})  # connection, resources, intervention by the operator
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_intent: ContextVar[bool | None] = ContextVar("kepan_intent", default=None)


__all__ = ["Model"]


def is_postgres() -> bool:
    """Return True when the current session uses PostgreSQL."""
    return bool(db.session.get_bind().dialect.name == "postgresql")


def is_outage(error: BaseException) -> bool:
    """Return True if the database could not be reached or could not serve, through no fault of the statement:
    a retry may succeed a little later.
    """
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, (OperationalError, InterfaceError)):
        return isinstance(error, DBAPIError) and error.connection_invalidated
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_OUTAGE
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state[:2] in _POSTGRES_OUTAGE


def _search_key(value: object) -> str | None:
    """Return the search key that ``kernel.lists.search`` compares on SQLite; NULL for NULL."""
    return None if value is None else search_key(str(value))


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.create_function("kepan_search_key", 1, _search_key, deterministic=True)
    connection.isolation_level = None  # SQLAlchemy's begin event below is the only one that begins
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()


@contextmanager
def transaction_intent(*, to_change: bool) -> Iterator[None]:
    """Declare whether the transactions begun inside read or write, where the request's method suggests
    otherwise: an export by POST reads for long, one by GET writes its log row.
    """
    token = _intent.set(to_change)
    try:
        yield
    finally:
        _intent.reset(token)


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """Open a separate write transaction beside what the current session reads meanwhile.

    Never use it within a write transaction: on SQLite it would wait for itself.
    """
    with (
        transaction_intent(to_change=True),
        Session(db.engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def snapshot() -> Iterator[None]:
    """Read for long, everything as of one moment: other transactions do not wait, and writing is not
    allowed.
    """
    db.session.rollback()
    with transaction_intent(to_change=False):
        if is_postgres():
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            yield
        finally:
            db.session.rollback()


def _sqlite_begin(connection: Connection) -> None:
    to_change = _intent.get()
    if to_change is None:
        to_change = not (has_request_context() and request.method in READ_METHODS)
    reading = not to_change
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgres_connect(connection: Any, _record: Any) -> None:
    """Plan for the actual values: a generic plan, which the server may choose for a statement after five
    executions, knows neither who owns half of all rows nor how short a page is.  JIT is off, because a page's
    statement ends before its compilation would.
    """
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.execute("SET jit = off")
    connection.autocommit = False


@contextmanager
def foreign_keys_planned_once() -> Iterator[None]:
    """Let PostgreSQL keep its plans for what is written inside: the check of a foreign key, which is the same
    statement for every row, would be planned anew for each of them.
    """
    db.session.execute(text("SET LOCAL plan_cache_mode = auto"))
    yield
    db.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def prepare_engine(engine: Engine) -> None:
    """Install the hooks that the dialect needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgres_connect)


def init_db(app: Flask) -> None:
    """Bind the session to the application and prepare its engine."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
