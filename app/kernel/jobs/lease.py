"""One job runner among all processes (PLAT-4): a lease in the database, token by compare-and-set.

The holder renews it; after it expires, the first process to come takes it over and raises its token.  The
clock is the database's.  A slow process that has lost the lease can change nothing more: its work is
*fenced*, each of its commits checks the token first.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, String, event, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel import clock
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.records import upsert
from app.kernel.database.session import Model, db, is_postgres, separate_transaction, transaction_intent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


RUNNER = "runner"
MAX_HOLDER = 120
LONGEST = 120.0  # seconds; no lease is longer, so one that ends later is wrong


class JobLease(Model):
    """The process that runs the jobs, and until when.  ``token`` counts the take-overs."""

    __tablename__ = "job_lease"
    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    holder: Mapped[str] = mapped_column(String(MAX_HOLDER), nullable=False)
    token: Mapped[int] = mapped_column(BigInteger, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class LeaseLostError(RuntimeError):
    """Another process runs the jobs now: the work of this one must have no effect."""


class WorkEndedError(RuntimeError):
    """The run was cancelled, stopped or restarted meanwhile: the work of its thread must have no effect."""


@dataclass(frozen=True)
class LeaseState:
    """The state of the lease: whether a process holds it now, and which was the last holder.

    ``is_ahead``: it ends later than any lease can, because a clock was wrong when it was token.
    """

    held: bool
    holder: str
    token: int
    is_ahead: bool = False


def read_lease() -> LeaseState:
    """Return the current state of the lease."""
    row = db.session.execute(
        select(JobLease.holder, JobLease.token, JobLease.expires_at > _now(), _is_ahead()).where(
            JobLease.name == RUNNER
        )
    ).one_or_none()
    if row is None:
        return LeaseState(held=False, holder="", token=0)
    holder, token, is_open, is_ahead = row
    return LeaseState(
        held=bool(is_open and not is_ahead), holder=holder, token=token, is_ahead=bool(is_ahead)
    )


def acquire(holder: str, seconds: float) -> int | None:
    """Take the lease over if no process holds it.  Return the token of this tenure, or None."""
    with transaction_intent(to_change=False):
        held = read_lease().held
        db.session.rollback()
    if held:
        return None
    with separate_transaction() as session:
        session.execute(_first_row())
        token: int | None = session.scalar(
            update(JobLease)
            .where(JobLease.name == RUNNER, or_(JobLease.expires_at <= _now(), _is_ahead()))
            .values(holder=holder[:MAX_HOLDER], token=JobLease.token + 1, expires_at=_in_seconds(seconds))
            .returning(JobLease.token)
        )
    return token


def renew(token: int, seconds: float) -> bool:
    """Renew the lease.  Return False when another process has taken it over."""
    return _move(token, _in_seconds(seconds))


def release(token: int) -> None:
    """Release the lease, so that another process need not wait."""
    _move(token, _now())


def _move(token: int, expires_at: Any) -> bool:
    with separate_transaction() as session:
        moved = session.scalar(
            update(JobLease)
            .where(JobLease.name == RUNNER, JobLease.token == token)
            .values(expires_at=expires_at)
            .returning(JobLease.token)
        )
    return moved is not None


def _is_ahead() -> Any:
    return JobLease.expires_at > _in_seconds(LONGEST)


def _first_row() -> Any:
    long_ago = datetime(2000, 1, 1, tzinfo=clock.LOCAL)
    row = {"name": RUNNER, "holder": "", "token": 0, "expires_at": long_ago}
    return upsert(JobLease, row, unique=("name",))


def _now() -> Any:
    """Return the database's clock; SQLite's is the machine's."""
    return func.clock_timestamp(type_=DateTime(timezone=True)) if is_postgres() else clock.now()


def _in_seconds(seconds: float) -> Any:
    return _now() + timedelta(seconds=seconds)


_fence: ContextVar[int | None] = ContextVar("kepan_fence", default=None)
_guard: ContextVar[Callable[[Session], bool] | None] = ContextVar("kepan_guard", default=None)


@contextmanager
def within_lease(token: int) -> Iterator[None]:
    """Commit everything inside under this tenure, or not at all.

    :raises LeaseLostError: from the commit, once another process has taken over.
    """
    mark = _fence.set(token)
    try:
        yield
    finally:
        _fence.reset(mark)


@contextmanager
def guarded(check: Callable[[Session], bool]) -> Iterator[None]:
    """Commit everything inside only while ``check`` returns True, called in its transaction.

    :raises WorkEndedError: from the commit, once it returns False.
    """
    mark = _guard.set(check)
    try:
        yield
    finally:
        _guard.reset(mark)


@contextmanager
def without_fence() -> Iterator[None]:
    """Commit without a fence: an external effect, such as a sent message, is recorded whoever runs the jobs
    now.
    """
    mark, guard = _fence.set(None), _guard.set(None)
    try:
        yield
    finally:
        _guard.reset(guard)
        _fence.reset(mark)


def _check(session: Session) -> None:
    """Lock the row until the commit is done: a take-over waits that long, and no longer."""
    check = _guard.get()
    if check is not None and not check(session):
        raise WorkEndedError
    token = _fence.get()
    if token is None:
        return
    present = session.scalar(
        select(JobLease.token).where(JobLease.name == RUNNER).with_for_update(read=True, of=JobLease)
    )
    if present != token:
        raise LeaseLostError


event.listen(Session, "before_commit", _check)
