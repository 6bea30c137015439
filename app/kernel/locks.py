"""Named locks that last until the transaction ends.

PostgreSQL: advisory transaction locks.  SQLite: a changing transaction is IMMEDIATE and thus alone
already, so there is nothing to take.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import text

from app.kernel.db import db, is_postgres


def lock(*names: str) -> None:
    """Hold the named locks until commit or rollback; taken in one order, so that callers cannot deadlock."""
    if not is_postgres():
        return
    for name in sorted(set(names)):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
