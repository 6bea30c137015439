"""Rotation of the cipher key (ACC-9): a new key, re-encryption of all values, then removal of the old keys.

Each stored value is readable at every moment, wherever the rotation is interrupted: the new key is in the key
file beside the old ones before any value is encrypted with it, and the old ones leave the file only when no
value is encrypted with them any more.  Running processes read the changed file automatically.  The key of the
blind index stays, so that look-ups and uniqueness are not affected.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import Column, Connection, String, bindparam, select, text, tuple_, update

from app.kernel.database.session import Model, db
from app.kernel.keys import Encrypted, Keys, new_cipher, read_keys, replace_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


BATCH = 500
_PATIENCE = 120.0
_ATTEMPTS = 5


class RotationUnfinishedError(RuntimeError):
    """The old keys had to stay; running the command again continues from here."""


@dataclass(frozen=True)
class Progress:
    """The progress in a table: values checked, and of those re-encrypted."""

    table: str
    seen: int
    renewed: int


def encrypted_columns() -> list[Column[Any]]:
    """Return every column whose values are encrypted with the cipher key, in any context."""
    return [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Encrypted)
    ]


def rotate(*, batch: int = BATCH, keep_old: bool = False) -> Iterator[Progress]:
    """Rotate the cipher key, and report the progress after every batch.

    An interrupted rotation is finished, with the key that it created.  ``keep_old`` leaves the old keys in
    the file: for several machines, where each must get the new file before the old keys are removed.

    :raises RotationUnfinishedError: when work with the old key did not end in time.
    """
    directory: Path = current_app.config["KEPAN"].data_dir
    keys = _with_new_cipher(directory)
    yield from _renew_all(keys, batch)
    if keep_old:
        return
    _wait_for_older_work()
    for _attempt in range(_ATTEMPTS):
        yield from _renew_all(keys, batch)  # values written with the old key meanwhile
        if _drop_old_ciphers(directory, keys):
            return
    message = "values that need an old key keep coming; is there a process with another key file?"
    raise RotationUnfinishedError(message)


def _drop_old_ciphers(directory: Path, keys: Keys) -> bool:
    """Block all writes, check every value, and only then remove the old keys.

    This transaction writes nothing: the file is independent of its outcome.
    """
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
            for table in sorted({column.table.name for column in encrypted_columns()}):
                connection.execute(text(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE'))
        newest = Fernet(keys.ciphers[0])
        for column in encrypted_columns():
            for rows in _pages(connection, column, BATCH):
                if not all(_is_current(newest, value) for *_key, value in rows):
                    return False
        replace_keys(directory, replace(keys, ciphers=keys.ciphers[:1]))
    return True


def _with_new_cipher(directory: Path) -> Keys:
    """Return the keys with a new cipher first; after an interrupted rotation the one it created."""
    keys = read_keys(directory)
    if len(keys.ciphers) > 1:
        return keys
    changed = replace(keys, ciphers=(new_cipher(), *keys.ciphers))
    replace_keys(directory, changed)
    return changed


def _renew_all(keys: Keys, batch: int) -> Iterator[Progress]:
    """Re-encrypt each batch in a transaction of its own, so that people can continue to work."""
    for column in encrypted_columns():
        last: Any = None
        seen = renewed = 0
        while True:
            with db.engine.begin() as connection:
                rows = _page(connection, column, last, batch)
                renewed += _renew_rows(connection, column, rows, keys)
            if not rows:
                break
            last, seen = rows[-1][:-1], seen + len(rows)
            yield Progress(column.table.name, seen, renewed)


def _pages(connection: Connection, column: Column[Any], batch: int) -> Iterator[list[Any]]:
    last: Any = None
    while rows := _page(connection, column, last, batch):
        yield rows
        last = rows[-1][:-1]


def _page(connection: Connection, column: Column[Any], last: Any, batch: int) -> list[Any]:
    """Return the next rows after a key: the columns of the key, then the value."""
    key = _key(column)
    statement = select(*key, column).where(column.is_not(None)).order_by(*key).limit(batch)
    if last is not None:
        statement = statement.where(tuple_(*key) > tuple_(*last))
    return list(connection.execute(statement))


def _key(column: Column[Any]) -> list[Column[Any]]:
    """Return the columns of the table's key."""
    return [*column.table.primary_key.columns]


def _renew_rows(connection: Connection, column: Column[Any], rows: list[Any], keys: Keys) -> int:
    """Re-encrypt values encrypted with an old key, unless they were changed in the meantime."""
    newest = Fernet(keys.ciphers[0])
    old = [(key, value) for *key, value in rows if not _is_current(newest, value)]
    if not old:
        return 0
    is_row = [one == bindparam(f"key_{place}") for place, one in enumerate(_key(column))]
    statement = (
        update(column.table)
        .where(*is_row, column == bindparam("before", type_=String))
        .values({column.name: bindparam("after")})
    )
    values = [
        {
            **{f"key_{place}": one for place, one in enumerate(key)},
            "before": value,
            "after": keys.fernet.rotate(value.encode()).decode(),
        }
        for key, value in old
    ]
    connection.execute(statement, values)
    return len(old)


def _is_current(newest: Fernet, value: str) -> bool:
    try:
        newest.decrypt(value.encode())
    except InvalidToken:
        return False
    return True


def _wait_for_older_work() -> None:
    """Wait until every transaction has ended that may have encrypted a value before it saw the new key.

    A value is encrypted with the key that is in the file after the transaction began
    (:class:`~app.kernel.keys.Encrypted`), so that later transactions use the new one.  On SQLite write
    transactions exclude one another from their first statement: no earlier one is left by now.

    :raises RotationUnfinishedError: when one takes too long.
    """
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        began = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    older = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start < :began"
    )
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with db.engine.connect() as connection:
            if not connection.execute(older, {"began": began}).scalar_one():
                return
        time.sleep(0.2)
    message = "a transaction from before the new key has not ended; the old keys stay for now"
    raise RotationUnfinishedError(message)
