"""Errors that prevent a start, shown as a sentence instead of a traceback (PLAT-16)."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from app.kernel.database.key_fingerprints import keys_problem
from config import StartError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from config import Settings


_NOT_OURS = {errno.EADDRNOTAVAIL, errno.EACCES}
_DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})


def keep_private(settings: Settings) -> None:
    """Restrict the files that this process writes, and existing database files, to their owner.

    :raises StartError: when the data directory cannot be made or written.
    """
    os.umask(0o077)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        why = error.strerror
        message = f"the data directory {settings.data_dir} cannot be made ({why}); set KEPAN_DATA_DIR"
        raise StartError(message) from error
    if not os.access(settings.data_dir, os.W_OK):
        message = f"the data directory {settings.data_dir} cannot be written; change its owner"
        raise StartError(message)
    for path in private_files(settings):
        with suppress(OSError):  # another user's file: `doctor` says so
            path.chmod(0o600)


def private_files(settings: Settings) -> list[Path]:
    """Return the existing files of an SQLite database."""
    name = make_url(settings.database_url).database if settings.is_sqlite else ""
    return [path for part in ("", "-wal", "-shm") if name and (path := Path(f"{name}{part}")).exists()]


def unfit_to_serve(app: Flask) -> str:
    """Return why an application may not serve: its keys, or a damaged database file; empty when it may, or
    when the database does not respond.
    """
    with app.app_context():
        try:
            return keys_problem()
        except DBAPIError as error:
            return damage(app.config["KEPAN"], error)
        except SQLAlchemyError:
            return ""


def in_a_sentence(start: Callable[[list[str]], int], arguments: Sequence[str]) -> int:
    """Run ``start``; print an error that prevents it to standard error, and return 1."""
    try:
        return start([*arguments])
    except StartError as error:
        said = error.format_message()
    except DBAPIError as error:
        said = database_refusal(read_settings(), error)
        if not said:
            raise
    except OSError as error:
        said = _address_refusal(read_settings(), error)
        if not said:
            raise
    sys.stderr.write(f"Kepan cannot start: {said}\n")
    return 1


def damage(settings: Settings, error: DBAPIError) -> str:
    """Return that the SQLite file is damaged or no database, and what to do; empty for other errors."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code not in _DAMAGED:
        return ""
    file = make_url(settings.database_url).database
    return (
        f"the database file {file} is damaged ({error.orig}); put a backup in its place: "
        "flask kepan restore <backup> --force (the damaged file is kept beside it)"
    )


def database_refusal(settings: Settings, error: DBAPIError) -> str:
    """Return why the database cannot be used at all, and what to do; empty for other errors."""
    damaged = damage(settings, error)
    if damaged:
        return damaged
    said = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
    url = make_url(settings.database_url).render_as_string(hide_password=True)
    if "is full" in said:
        return f"the disk of the database is full; make room ({url})"
    if isinstance(error, OperationalError) and (error.connection_invalidated or not error.statement):
        return f"the database {url} does not answer ({said}); check KEPAN_DATABASE_URL and the server"
    return ""


def _address_refusal(settings: Settings, error: OSError) -> str:
    """Return why the address cannot be used; empty for other errors."""
    where = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} is taken ({where}); stop what uses it, or set PORT to another"
    if error.errno in _NOT_OURS or isinstance(error, socket.gaierror):
        return f"{where} cannot be served on ({error.strerror}); set HOST and PORT"
    return ""
