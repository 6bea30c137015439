"""Named locks that last until the transaction ends.

PostgreSQL: advisory transaction locks.  SQLite: a changing transaction is IMMEDIATE and thus alone
already, so there is nothing to take.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from app.kernel.db import db, is_postgres


def lock(*names: str, share: str = "") -> None:
    """Hold the named locks until commit or rollback; taken in one order, so that callers cannot deadlock.

    ``share`` is held together with everybody who shares it, before the others: it keeps out whoever locks it.
    """
    if not is_postgres():
        return
    calls = [func.pg_advisory_xact_lock_shared(_number(share))] if share else []
    calls += [func.pg_advisory_xact_lock(_number(name)) for name in sorted(set(names))]
    db.session.execute(select(*calls))  # a list of calls is evaluated from left to right


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
