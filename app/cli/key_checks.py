"""Checks that keys belong to stored data: in a live database, in a copy, in a dump (ACC-9, PLAT-11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.models import AuditHead
from app.audit.services import end_holds
from app.cli import database_dumps as snapshots
from app.cli.key_rotation import encrypted_columns
from app.kernel.database.key_fingerprints import (
    FOREIGN,
    KeyFingerprint,
    can_read,
    has_fingerprint,
    is_of,
    keys_problem,
    note_fingerprint,
)
from app.kernel.database.session import db, transaction_intent
from app.kernel.keys import FILE_NAME, KeyRing, key_ring, make_keys, random_keys
from config import StartError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.kernel.keys import Keys
    from config import Settings


# (table, number) → its first rows; none where there is no such table
Rows = Callable[[str, int], Sequence[Mapping[str, Any]]]

_ENOUGH = 5
_CHAINS = 20


def prepare_keys(settings: Settings) -> KeyRing:
    """Return the keys of the data directory; create them when there are none and the database is empty.

    With data in the database and no keys the ring has stand-in keys: the application can be built, so that
    ``doctor`` and ``restore`` work, and serves nothing.

    :raises StartError: when the key file cannot be read.
    """
    directory = settings.data_dir
    if not (directory / FILE_NAME).exists():
        if not _database_is_empty(settings):
            return KeyRing(directory, stand_in=random_keys())
        make_keys(directory)
    try:
        ring = KeyRing(directory)
        _ = ring.present().fernet
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = (
            f"{directory / FILE_NAME} cannot be read ({type(error).__name__}); put it back from a backup"
        )
        raise StartError(message) from error
    return ring


def _database_is_empty(settings: Settings) -> bool:
    """Return True if nothing was ever stored.  A database that does not respond may hold anything."""
    url = settings.database_url
    if snapshots.kind_of(url) == snapshots.SQLITE and not Path(snapshots.sqlite_file(url)).exists():
        return True
    try:
        return not snapshots.schema_of(url)
    except SQLAlchemyError:
        return False


def live_rows(connection: Connection) -> Rows:
    """Return the first rows of the tables of a live database."""
    names = set(inspect(connection).get_table_names())

    def read(table: str, limit: int) -> Sequence[Mapping[str, Any]]:
        if table not in names:
            return []
        first = text(f'SELECT * FROM "{table}" ORDER BY 1 LIMIT {int(limit)}')  # noqa: S608 - names of our tables
        return [dict(row) for row in connection.execute(first).mappings()]

    return read


def find_key_mismatch(keys: Keys, rows: Rows) -> str:
    """Return the evidence that the keys do not belong to the stored data; empty when they fit.

    A database from before fingerprints is checked by its oldest values of every encrypted kind.
    """
    marked = rows(KeyFingerprint.__tablename__, 1)
    if marked:
        return "" if is_of(keys, marked[0]) else "the fingerprint of the keys differs"
    for column in encrypted_columns():
        found = [row for row in rows(column.table.name, _ENOUGH) if row.get(column.name)]
        if found and not any(can_read(keys, row[column.name]) for row in found):
            return f"{column.table.name}.{column.name} cannot be decrypted"
        readable = [row for row in found if row.get("phone_index") and can_read(keys, row[column.name])]
        if column.name == "phone_cipher" and readable and not any(_indexed(keys, row) for row in readable):
            return f"the numbers of {column.table.name} were indexed with another key"
    return ""


def _indexed(keys: Keys, row: Mapping[str, Any]) -> bool:
    number = keys.fernet.decrypt(row["phone_cipher"].encode()).decode()
    return keys.index(number) == row["phone_index"]


def demand_fitting_keys() -> None:
    """Check that the keys belong to the stored data, before anything is migrated or written.

    :raises StartError: when they do not.
    """
    problem = keys_problem() if has_fingerprint() or key_ring().is_stand_in else ""
    if problem:
        raise StartError(problem)
    with transaction_intent(to_change=False), db.engine.connect() as connection:
        reason = find_key_mismatch(key_ring().present(), live_rows(connection))
    if reason:
        message = f"{FOREIGN} ({reason})"
        raise StartError(message)


def claim_database() -> None:
    """Store the fingerprint of the current keys, once; :func:`demand_fitting_keys` has checked them before.

    :raises StartError: when the operation log was sealed with another key, or other keys were stored
        meanwhile.
    """
    if not has_fingerprint():
        if not _log_is_ours():
            message = f"{FOREIGN} (the operation log is sealed with another key)"
            raise StartError(message)
        note_fingerprint()
    problem = keys_problem()
    if problem:
        raise StartError(problem)


def _log_is_ours() -> bool:
    """Return True if one chain's end is valid: ``audit-verify`` finds single broken ones."""
    first = select(AuditHead).where(AuditHead.number > 0).order_by(AuditHead.record_type, AuditHead.record_id)
    heads = db.session.scalars(first.limit(_CHAINS)).all()
    fit = not heads or any(end_holds(head) for head in heads)
    db.session.rollback()
    return fit


def unreadable_kinds() -> list[str]:
    """Return the encrypted columns whose oldest or newest values cannot be decrypted (``doctor``)."""
    keys = key_ring().present()
    found = []
    with transaction_intent(to_change=False), db.engine.connect() as connection:
        for column in encrypted_columns():
            key = [*column.table.primary_key.columns]
            some = select(column).where(column.is_not(None)).limit(_ENOUGH)
            values = [
                *connection.scalars(some.order_by(*key)),
                *connection.scalars(some.order_by(*(one.desc() for one in key))),
            ]
            if not all(can_read(keys, value) for value in values):
                found.append(f"{column.table.name}.{column.name}")
    return found
