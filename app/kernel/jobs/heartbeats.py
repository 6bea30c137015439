"""Heartbeats of runs (PLAT-4, PLAT-5): whether a run is still worked on, and what it may still change.

Only the process that holds the lease works on runs, each in a thread of its own, and knows which ones: their
heartbeats are renewed with the lease.  A run of the current tenure without a recent heartbeat and without a
thread was lost, for example because the database was unavailable when its end should have been recorded.

A run's commits are *guarded*: once it was cancelled, stopped or restarted, its thread, which may hang
somewhere, can change nothing more.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from app.kernel import clock
from app.kernel.database.session import separate_transaction
from app.kernel.jobs.lease import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


SILENT_SECONDS = 10.0


class Heartbeats:
    """The heartbeats of one table of runs.  Its rows have ``state``, ``token`` and ``heartbeat_at``."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._at_work: dict[int, int] = {}  # id → threads: more than one while a lost one still hangs
        self._lock = threading.Lock()

    @contextmanager
    def working(self, pk: int, *mine: ColumnElement[bool]) -> Iterator[None]:
        """Mark this thread as working on the run; its commits succeed only while the run is running and
        ``mine``.

        :raises WorkEndedError: from a commit inside, once the run has ended or was restarted.
        """
        wanted = select(self._model.id).where(self._model.id == pk, self._model.state == "running", *mine)
        held = wanted.with_for_update(read=True)  # a caller that ends the run waits until the commit is done

        def check(session: Session) -> bool:
            return session.scalar(held) is not None

        with self._lock:
            self._at_work[pk] = self._at_work.get(pk, 0) + 1
        try:
            with guarded(check):
                yield
        finally:
            with self._lock:
                self._at_work[pk] -= 1
                if not self._at_work[pk]:
                    del self._at_work[pk]

    def at_work(self) -> list[int]:
        """Return the runs that threads of this process work on."""
        with self._lock:
            return sorted(self._at_work)

    def beat(self) -> None:
        """Renew the heartbeats of all runs that this process works on."""
        ids = self.at_work()
        if not ids:
            return
        statement = update(self._model).where(self._model.id.in_(ids), self._model.state == "running")
        with separate_transaction() as session:
            session.execute(statement.values(heartbeat_at=clock.now()))

    def lost(self, token: int, silent: float) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for running runs that no thread works on: those of an earlier tenure, and
        those of this one whose last heartbeat is older than this number of seconds.
        """
        model = self._model
        before = clock.now() - timedelta(seconds=silent)
        still = or_(model.heartbeat_at.is_(None), model.heartbeat_at < before) & model.id.not_in(
            self.at_work()
        )
        return model.state == "running", or_(model.token.is_(None), model.token != token, still)
