"""Values that every process keeps in memory, and how it learns that they are outdated.

One row holds a version number.  Every change of the organisation, a setting or a dictionary raises it; the
statement that loads the signed-in account also reads it, so that a request knows without another statement
whether its process's cached values are still valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import g, has_app_context, has_request_context
from sqlalchemy import Integer, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.database.session import Model, db

if TYPE_CHECKING:
    from collections.abc import Callable


T = TypeVar("T")


class OrgVersion(Model):
    """One row, raised whenever a cached value changes."""

    __tablename__ = "org_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Integer, nullable=False)


@dataclass
class _CacheState:
    """The state of the current context; without a version nothing may be cached."""

    version: int | None
    contents: dict[Any, Any] = field(default_factory=dict)


def stored_version() -> int:
    """Return the version in the database."""
    return db.session.scalar(select(OrgVersion.value).where(OrgVersion.id == 1)) or 0


def remember_version(value: int) -> None:
    """Store for this request the version that was read along with the account."""
    g.kepan_seen = _CacheState(value)


def share_cache() -> Callable[[], None]:
    """Return what gives another context, opened within this request, the same version and values."""
    seen = _cache_state()

    def share() -> None:
        g.kepan_seen = seen

    return share


def invalidate() -> None:
    """Declare that a cached value changed; it is read again until the transaction ends."""
    db.session.execute(update(OrgVersion).where(OrgVersion.id == 1).values(value=OrgVersion.value + 1))
    g.kepan_seen = _CacheState(None)


class CachedValue(Generic[T]):
    """A value read from the database once per version by ``load()``."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._of: dict[str, tuple[int, T]] = {}
        _all.append(self)

    def get(self) -> T:
        """Return the value of the version that this request uses."""
        seen = _cache_state()
        if seen.version is None:
            return self._load()
        if self not in seen.contents:
            seen.contents[self] = self._remembered(seen.version)
        content: T = seen.contents[self]
        return content

    def get_if_cached(self) -> T | None:
        """Return the value, or None while a change of this transaction forbids to keep it: whoever needs a
        part of it reads that part.
        """
        return None if _cache_state().version is None else self.get()

    def _remembered(self, version: int) -> T:
        address = str(db.engine.url)
        known = self._of.get(address)
        if known is None or known[0] != version:
            known = self._of[address] = version, self._load()
        return known[1]

    def forget(self) -> None:
        """Read the value again next time, whatever the version."""
        self._of.clear()


_all: list[CachedValue[Any]] = []


def forget_cached() -> None:
    """Drop all cached values: the database under this process was replaced by another (tests, restore)."""
    for one in _all:
        one.forget()
    if has_app_context():
        g.pop("kepan_seen", None)


def _cache_state() -> _CacheState:
    found: _CacheState | None = g.get("kepan_seen")
    if found is None:
        found = g.kepan_seen = _CacheState(stored_version())
    return found


def _transaction_ended(_session: Session) -> None:
    """Drop the version after a transaction of a job or command; a request keeps it, so that a page is
    consistent.
    """
    if not has_app_context() or "kepan_seen" not in g:
        return
    if g.kepan_seen.version is None or not has_request_context():
        del g.kepan_seen


event.listen(Session, "after_commit", _transaction_ended)
event.listen(Session, "after_rollback", _transaction_ended)
