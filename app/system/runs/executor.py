"""Execution of background runs (PLAT-5): the runner's worker, in a thread of its own.

A run is claimed, worked on and finished under the runner's tenure.  When its process dies, or the database is
unavailable for a while, it is restarted, up to three times; then it fails, and its owner is notified.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import exists, select, update

from app.kernel import clock
from app.kernel.access.current import set_actor
from app.kernel.database.session import db, is_outage, separate_transaction, transaction_intent
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, KepanError
from app.kernel.files.storage import storage
from app.kernel.jobs.heartbeats import SILENT_SECONDS, Heartbeats
from app.kernel.jobs.lease import LeaseLostError, WorkEndedError, within_lease
from app.kernel.logs import log_crash
from app.kernel.translation import N_
from app.notices.services import notify
from app.org.sessions.actors import present_actor
from app.system.runs.models import BackgroundRun
from app.system.runs.services import Result, arguments_of, find_kind, tell_ended
from app.system.runs.settings import result_lifetime

if TYPE_CHECKING:
    import threading

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


log = structlog.get_logger("kepan.runs")

MAX_ATTEMPTS = 4  # one start and three restarts
MAX_CONTINUATIONS = 20  # of work that loses nothing by a restart
_PAUSE = 0.5  # seconds between two records of progress
INTERRUPTED = N_("The server was restarted several times meanwhile; please start it again")
CRASHED = N_("Something went wrong on our side")
NOT_ALLOWED = N_("You are not allowed to do this")


run_heartbeats = Heartbeats(BackgroundRun)


class CancelledError(Exception):
    """The owner cancelled the run, or it was restarted elsewhere."""


class StoppingError(Exception):
    """The runner stops; another one restarts the run."""


class Progress:
    """The progress of a run, recorded from time to time; each time it checks whether to continue."""

    def __init__(self, run: BackgroundRun, stopping: threading.Event) -> None:
        self._run_id, self._attempts = run.id, run.attempts
        self._stopping = stopping
        self._noted_at = 0.0

    def expect(self, total: int) -> None:
        """Report the total amount of work."""
        self._note(total=total)

    def at(self, done: int) -> None:
        """Report the amount of work done.

        :raises CancelledError: when its owner cancelled it, or it was considered lost.
        :raises StoppingError: when the runner stops.
        """
        if self._stopping.is_set():
            raise StoppingError
        if time.monotonic() - self._noted_at >= _PAUSE:
            self._note(done=done)

    def _note(self, **values: int) -> None:
        self._noted_at = time.monotonic()
        statement = (
            update(BackgroundRun)
            .where(BackgroundRun.id == self._run_id, *_belongs_to_attempt(self._attempts))
            .values(heartbeat_at=clock.now(), **values)
            .returning(BackgroundRun.id)
        )
        with separate_transaction() as session:
            noted = session.scalar(statement)
        if noted is None:
            raise CancelledError


def _belongs_to_attempt(attempts: int) -> tuple[ColumnElement[bool], ...]:
    """Return True if the run still belongs to this attempt: neither ended by its owner nor restarted."""
    return BackgroundRun.state == "running", BackgroundRun.attempts == attempts


def has_waiting_runs() -> bool:
    """Return True if a run is waiting."""
    return bool(db.session.scalar(select(exists().where(BackgroundRun.state == "waiting"))))


def work(token: int, stopping: threading.Event) -> None:
    """Execute waiting runs, one after the other, until none is left or the runner stops."""
    with within_lease(token):
        while not stopping.is_set() and (run := _claim(token)) is not None:
            _do(run, stopping)


def recover_runs(token: int, silent: float = SILENT_SECONDS) -> None:
    """Restart runs that no process works on any more, or fail them and notify their owners."""
    lost = run_heartbeats.lost(token, silent)
    with transaction_intent(to_change=False):
        found = db.session.scalar(select(exists().where(*lost)))
        db.session.rollback()
    if found:
        with within_lease(token), transaction_intent(to_change=True):
            _recover_runs(lost)


@transactional
def _recover_runs(lost: tuple[ColumnElement[bool], ...]) -> None:
    for run in db.session.scalars(select(BackgroundRun).where(*lost).with_for_update()):
        _restart(run)


def _restart(run: BackgroundRun) -> None:
    kind = find_kind(run.kind)
    if run.attempts < (MAX_CONTINUATIONS if kind and kind.goes_on else MAX_ATTEMPTS):
        run.give_back()
    else:
        _fail(run, INTERRUPTED)


def _claim(token: int) -> BackgroundRun | None:
    with separate_transaction() as session:
        run = session.scalars(
            select(BackgroundRun)
            .where(BackgroundRun.state == "waiting")
            .order_by(BackgroundRun.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if run is not None:
            run.begin(token)
    return run


def _do(run: BackgroundRun, stopping: threading.Event) -> None:
    """Execute a claimed run in its owner's name and language; its end is recorded in every case."""
    with current_app.test_request_context("/"), force_locale(run.language):
        try:
            with run_heartbeats.working(run.id, *_belongs_to_attempt(run.attempts)):
                result = _result(run, Progress(run, stopping))
            with transaction_intent(to_change=True):
                _finish(run, result)
        except LeaseLostError:
            raise
        except (CancelledError, WorkEndedError):
            log.info("run_ended_meanwhile", run=run.id)
        except StoppingError:
            _end(run, "stopped")
        except KepanError as error:
            fields = error.fields.values() if isinstance(error, Invalid) else ()
            _end(run, "failed", " ".join(map(str, fields)) or str(error.message))
        except Exception as error:  # noqa: BLE001 - the owner is notified of any error
            log_crash(log, "run_failed", error, run=run.id, work=run.kind)
            if is_outage(error):
                _end(run, "lost")
            else:
                _end(run, "failed", CRASHED)
        finally:
            db.session.remove()


def _result(run: BackgroundRun, progress: Progress) -> Result:
    kind, arguments, actor = find_kind(run.kind), arguments_of(run), _owner(run)
    if kind is None or actor is None or not kind.may(arguments, actor):
        raise _NotAllowedError
    set_actor(actor)
    return kind.work(arguments, actor, progress)


class _NotAllowedError(KepanError):
    """The owner no longer has the permission."""

    @property
    def message(self) -> str:
        return NOT_ALLOWED


def _owner(run: BackgroundRun) -> Actor | None:
    """Return the owner with the current permissions; None when the account was closed."""
    found = present_actor(run.owner_id, source="background")
    db.session.rollback()
    return found


@transactional
def _finish(done: BackgroundRun, result: Result) -> None:
    run = _locked(done)
    if run is None:
        return
    name, size = None, 0
    if result.content is not None:
        with result.content as content:
            name, size = storage().keep(content), content.seek(0, 2)
    run.file_name, run.media_type = result.file_name[:160], result.media_type
    run.finish(name, size, result_lifetime())
    notify(run.owner_id, result.notice, about=result.about or run, title=run.title, **result.parameters)


def _end(run: BackgroundRun, how: str, problem: str = "") -> None:
    db.session.rollback()
    with transaction_intent(to_change=True):
        _write_end(run, how, problem)


@transactional
def _write_end(ended: BackgroundRun, how: str, problem: str) -> None:
    run = _locked(ended)
    if run is None:
        return
    if how == "stopped":
        run.give_back()
    elif how == "lost":
        _restart(run)
    else:
        _fail(run, problem)


def _fail(run: BackgroundRun, problem: str) -> None:
    run.fail(problem, result_lifetime())
    tell_ended(run)
    notify(run.owner_id, N_("“%(title)s” has failed"), about=run, body=gettext(problem), title=run.title)


def _locked(mine: BackgroundRun) -> BackgroundRun | None:
    """Return the run, locked for changing; None when its owner or a later attempt ended this one."""
    statement = select(BackgroundRun).where(BackgroundRun.id == mine.id, *_belongs_to_attempt(mine.attempts))
    found: BackgroundRun | None = db.session.scalars(
        statement.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    return found
