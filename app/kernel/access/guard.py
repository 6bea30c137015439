"""The guard: an ORM statement on a guarded table must carry the mark of a scoped query.

It checks, it does not filter: a select of a model with ``__guarded__`` without the mark that ``visible_*``
and ``get_*`` set raises.  ``unscoped("reason")`` is the only exception; its uses are listed by a test.
Relationship loads of a record that was already loaded are free.  The guard does not see Core or raw SQL.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from cachetools import LRUCache, cached
from sqlalchemy import Table, event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

if TYPE_CHECKING:
    from collections.abc import Iterator


S = TypeVar("S", bound=Any)

_MARK = "kepan_scoped"
_harmless: WeakSet[Any] = WeakSet()  # statements that read no guarded table: those that modules keep
_open: ContextVar[str] = ContextVar("kepan_unscoped", default="")


class UnscopedAccessError(RuntimeError):
    """A programming error: records were read without a check of who may see them."""


def scoped(statement: S) -> S:
    """Mark a statement as limited to what its caller may see."""
    return statement.execution_options(**{_MARK: True})  # type: ignore[no-any-return]


def is_scoped(statement: Any) -> bool:
    """Return True when the statement carries the mark."""
    return bool(statement.get_execution_options().get(_MARK))


def require_scope(statement: Any) -> None:
    """Check a statement that becomes a part of another: it reads no guarded table without the mark.

    :raises UnscopedAccessError: where it does.
    """
    name = "" if is_scoped(statement) else _guarded_table(statement)
    if name:
        message = f"unscoped access to table {name}"
        raise UnscopedAccessError(message)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Read guarded tables without a scope, for a stated reason: duplicate checks, jobs, commands."""
    if not reason:
        message = "a reason is required"
        raise ValueError(message)
    token = _open.set(reason)
    try:
        yield
    finally:
        _open.reset(token)


def _check(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or _open.get():
        return
    if not (state.is_select or state.is_update or state.is_delete):
        return
    statement: Any = state.statement
    if state.execution_options.get(_MARK) or statement in _harmless:
        return
    for mapper in state.all_mappers:
        if getattr(mapper.class_, "__guarded__", False):
            message = f"unscoped access to {mapper.class_.__name__}"
            raise UnscopedAccessError(message)
    name = _guarded_table(statement)
    if name:
        message = f"unscoped access to table {name}"
        raise UnscopedAccessError(message)
    _harmless.add(statement)


def _guarded_table(statement: Any) -> str:
    """Return the guarded table that the statement reads; empty for none.

    The check compiles half of the statement, so its result is cached under the key by which SQLAlchemy itself
    identifies equal statements.
    """
    key = statement._generate_cache_key() if hasattr(statement, "_generate_cache_key") else None  # noqa: SLF001 - nothing public tells equal statements
    return _look_up(statement) if key is None else _known_table(statement, key.key)


@cached(LRUCache(1000), key=lambda _statement, key: key, lock=Lock())
def _known_table(statement: Any, _key: Any) -> str:
    return _look_up(statement)


def _look_up(statement: Any) -> str:
    """Search the whole statement: subqueries, unions and EXISTS read records too."""
    for element in visitors.iterate(statement):
        if isinstance(element, Table) and element.info.get("guarded"):
            return str(element.name)
    return ""


event.listen(Session, "do_orm_execute", _check)
