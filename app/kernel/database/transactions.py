"""Services as transactions: one operation is one transaction; refusals of the database as decisions; named
locks.
"""

from __future__ import annotations

import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError

from app.kernel.database.session import Model, db, is_postgres
from app.kernel.errors import Decision, Denied

if TYPE_CHECKING:
    from collections.abc import Callable


P = ParamSpec("P")
R = TypeVar("R")

_DEPTH = "kepan_depth"
_KEPT = "kepan_kept_if_refused"
_refusals: dict[str, Callable[[], Decision]] = {}


def refuses(constraint: str, decision: Callable[[], Decision]) -> None:
    """Declare the refusal that a violation of the named constraint or unique index means to the user."""
    _refusals[constraint] = decision


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    """Run the operation in one transaction, or in the caller's if there is one.

    :raises Denied: when a declared constraint is violated.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session = db.session()
        depth = session.info.get(_DEPTH, 0)
        session.info[_DEPTH] = depth + 1
        if depth == 0:
            session.info[_KEPT] = []
        try:
            result = function(*args, **kwargs)
            if depth == 0:
                session.commit()
            else:
                session.flush()
        except IntegrityError as error:
            if depth == 0:
                _undo(session)
            raise _denial(error) from error
        except BaseException:
            if depth == 0:
                _undo(session)
            raise
        finally:
            session.info[_DEPTH] = depth
        return result

    return run


def keep_if_refused(write: Callable[[], None]) -> None:
    """Run ``write`` in its own transaction after the rollback if the current operation is refused.

    An operation that succeeds drops it.  ``write`` may raise a refusal of its own, which then replaces the
    first: a refusal must not be answered when its log row cannot be written (ACC-17).
    """
    db.session().info[_KEPT].append(write)


def _undo(session: Any) -> None:
    """Roll back, then write what must survive a refusal."""
    session.rollback()
    session.info[_DEPTH] = 0
    for write in session.info.pop(_KEPT, []):
        transactional(write)()


def is_within_operation() -> bool:
    """Return True inside a service, whose writes are committed together or not at all."""
    return bool(db.session().info.get(_DEPTH))


def end_reading() -> None:
    """End a transaction that has only read so far, so that slow work does not block the database.

    Within an operation it does nothing, because the operation owns its transaction.
    """
    session = db.session()
    if not is_within_operation() and not (session.new or session.dirty or session.deleted):
        session.commit()


def _denial(error: IntegrityError) -> BaseException:
    name = violated_constraint(error)
    return Denied(_refusals[name]()) if name in _refusals else error


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the unique constraint or index that was violated; empty when unknown.

    SQLite names the columns instead, so they are looked up in the metadata.
    """
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name or "")
    text = str(error.orig)
    marker = "UNIQUE constraint failed: "
    if marker not in text:
        return ""
    rest = text.split(marker, 1)[1]
    if rest.startswith("index '"):
        return rest.split("'")[1]
    columns = [part.strip() for part in rest.split(",")]
    return _constraint_of(columns[0].split(".")[0], {c.split(".")[-1] for c in columns})


def _constraint_of(table_name: str, columns: set[str]) -> str:
    table = Model.metadata.tables.get(table_name)
    if table is None:
        return ""
    candidates: list[Any] = [*table.indexes, *table.constraints]
    for candidate in candidates:
        unique = getattr(candidate, "unique", None) or isinstance(
            candidate, (UniqueConstraint, PrimaryKeyConstraint)
        )
        if unique and {c.name for c in candidate.columns} == columns:
            return str(candidate.name)
    return ""


def lock(*names: str, share: str = "") -> None:
    """Take the named locks until commit or rollback, in a fixed order, so that callers cannot deadlock.

    ``share`` locks are taken first, together with all other holders that share them: they exclude exclusive
    holders.
    """
    if not is_postgres():
        return
    calls = [func.pg_advisory_xact_lock_shared(_number(share))] if share else []
    calls += [func.pg_advisory_xact_lock(_number(name)) for name in sorted(set(names))]
    db.session.execute(select(*calls))  # calls in a list are evaluated from left to right


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
