"""Due times of jobs, and the results of their runs (PLAT-4).

The due time of a job is in the database: runs missed while no runner was active are caught up, and of two
runners only one advances it.  A requested run waits here until the runner starts it.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model, db, separate_transaction, transaction_intent
from app.kernel.jobs.heartbeats import SILENT_SECONDS, Heartbeats
from app.kernel.jobs.lease import LeaseLostError, WorkEndedError, within_lease
from app.kernel.jobs.registry import RETRY, find_job, registered_jobs
from app.kernel.logs import log_crash
from app.kernel.settings.dictionaries import Dictionary

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.kernel.jobs.registry import Job, Report


log = structlog.get_logger("kepan.jobs")

JOB_RUN_STATE = Dictionary(
    "job_run_state",
    {
        "waiting": _("Waiting"),
        "running": _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "interrupted": _("Interrupted"),
    },
    {"waiting": "orange", "running": "blue", "done": "green", "failed": "red", "interrupted": "gray"},
)
_UNDER_WAY = ("waiting", "running")
MAX_TAKEN_UP = 3  # how often a job whose run was lost becomes due again at once


class JobState(Model):
    """The next due time of a job."""

    __tablename__ = "job_state"
    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class JobRun(Model):
    """One run of a job.  ``token`` is the tenure of the runner that began it."""

    __tablename__ = "job_run"
    __audit__ = "job_run"
    __table_args__ = (
        one_of("state", JOB_RUN_STATE.codes),
        Index("ix_job_run_job", "job", "id"),
        Index("ix_job_run_asked_at", "asked_at", "id"),
        Index(
            "uq_job_run_waiting",
            "job",
            "dry_run",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str] = mapped_column(String(40), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False)
    dry_run: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    milliseconds: Mapped[int | None] = mapped_column(Integer)
    report: Mapped[dict[str, int]] = mapped_column(JSON, nullable=False, default=dict)
    error: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    token: Mapped[int | None] = mapped_column(BigInteger)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asked_by: Mapped[Any] = relationship("Account", viewonly=True, lazy="raise")

    def begin(self, token: int) -> None:
        """``waiting → running``."""
        self.state, self.token = "running", token
        self.started_at = self.heartbeat_at = clock.now()

    def finish(self, state: str, seconds: float, report: Report | None = None, error: str = "") -> None:
        """``running → done | failed | interrupted``; ``waiting → interrupted`` when it is cancelled."""
        self.state, self.finished_at, self.milliseconds = state, clock.now(), round(seconds * 1000)
        self.report, self.error = dict(report or {}), error[:80]

    @property
    def is_under_way(self) -> bool:
        """True if it has not ended."""
        return self.state in _UNDER_WAY


job_heartbeats = Heartbeats(JobRun)


def add_new_jobs() -> None:
    """Set the first due time of every new job: one that runs at intervals is due now."""
    with transaction_intent(to_change=False):
        known = set(db.session.scalars(select(JobState.job)))
        db.session.rollback()
    fresh = [job for job in registered_jobs() if job.name not in known]
    if not fresh:
        return
    now = clock.now()
    with separate_transaction() as session:
        for job in fresh:
            at_once = job.trigger.__class__.__name__ == "IntervalTrigger"
            session.add(JobState(job=job.name, due_at=now if at_once else job.next_after(now)))


def due_jobs() -> list[Job]:
    """Return jobs that are due, and wanted where they have a check."""
    rows = db.session.scalars(select(JobState.job).where(JobState.due_at <= clock.now()))
    found = [job for name in rows if (job := find_job(name)) is not None]
    return [job for job in found if job.wanted is None or job.wanted()]


def waiting_runs() -> list[tuple[int, str]]:
    """Return (id, job) of the requested runs, oldest first."""
    rows = select(JobRun.id, JobRun.job).where(JobRun.state == "waiting").order_by(JobRun.id)
    return [(pk, name) for pk, name in db.session.execute(rows)]


def job_runs_waiting() -> frozenset[tuple[str, bool]]:
    """Return the job and ``dry_run`` of every waiting run."""
    rows = select(JobRun.job, JobRun.dry_run).where(JobRun.state == "waiting")
    return frozenset((name, dry_run) for name, dry_run in db.session.execute(rows))


def request_run(job: Job, *, dry_run: bool, asked_by_id: int | None) -> JobRun:
    """Request a run that the runner starts as soon as it can, in the caller's transaction.  Each job has at
    most one waiting run and one waiting dry run: the database refuses more (``uq_job_run_waiting``).
    """
    made = JobRun(
        job=job.name, state="waiting", dry_run=dry_run, asked_by_id=asked_by_id, asked_at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    return made


def interrupt_orphans(token: int, silent: float = SILENT_SECONDS) -> int:
    """Interrupt runs that no process works on any more: those of an earlier tenure, and those of this one
    without a heartbeat.  Their jobs are due again at once, three times in a row.  Return the number of runs.
    """
    lost = job_heartbeats.lost(token, silent)
    with transaction_intent(to_change=False):
        found = db.session.scalar(select(func.count()).select_from(JobRun).where(*lost)) or 0
        db.session.rollback()
    if not found:
        return 0
    with within_lease(token), separate_transaction() as session:
        rows = session.scalars(select(JobRun).where(*lost).order_by(JobRun.id).with_for_update()).all()
        for run in rows:
            interrupt(run)
            if not run.dry_run and _may_be_retried(session, run):
                due = update(JobState).where(JobState.job == run.job)
                session.execute(due.values(due_at=clock.now()))
    return len(rows)


def interrupt(run: JobRun) -> None:
    """End the run, whatever its thread does."""
    now = clock.now()
    spent = (now - run.started_at).total_seconds() if run.started_at else 0.0
    run.finish("interrupted", min(max(spent, 0.0), 86_400.0))


def _may_be_retried(session: Session, run: JobRun) -> bool:
    """Return False when the runs before were interrupted too: the job itself may crash its process."""
    before = (
        select(JobRun.state)
        .where(JobRun.job == run.job, JobRun.id < run.id, JobRun.dry_run.is_(False))
        .order_by(JobRun.id.desc())
        .limit(MAX_TAKEN_UP)
    )
    states = session.scalars(before).all()
    return len(states) < MAX_TAKEN_UP or set(states) != {"interrupted"}


def execute_job(job: Job, *, token: int, asked: int | None = None) -> None:
    """Run a job under a tenure: the run that was ``asked`` for, or else the one that is due.

    Errors are recorded and not raised.

    :raises LeaseLostError: when another process has taken over meanwhile; nothing of this run is recorded.
    :raises WorkEndedError: when the run was stopped meanwhile; its next commit is refused.
    """
    with within_lease(token):
        begun = _begin(job, token, asked)
        if begun is None:
            return
        run_id, dry_run = begun
        start = time.monotonic()
        try:
            with job_heartbeats.working(run_id):
                report = job.run(dry_run=dry_run)
            outcome: tuple[str, Report, str] = ("done", report, "")
        except (LeaseLostError, WorkEndedError):
            db.session.rollback()
            raise
        except Exception as error:  # noqa: BLE001 - a job's failure is recorded, and the others go on
            db.session.rollback()
            log_crash(log, "job_failed", error, job=job.name)
            outcome = ("failed", {}, type(error).__name__)
        finally:
            db.session.remove()
        _finish(run_id, outcome, time.monotonic() - start)


def _begin(job: Job, token: int, asked: int | None) -> tuple[int, bool] | None:
    with separate_transaction() as session:
        if asked is not None:
            run = session.scalars(
                select(JobRun).where(JobRun.id == asked, JobRun.state == "waiting").with_for_update()
            ).one_or_none()
            if run is None:
                return None
        else:
            if not _move_on(session, job):
                return None
            run = JobRun(job=job.name, dry_run=False, asked_at=clock.now())
            session.add(run)
        run.begin(token)
        session.flush()
        return run.id, run.dry_run


def _move_on(session: Session, job: Job) -> bool:
    """Advance the job's due time; return False when another process was faster."""
    now = clock.now()
    moved = session.scalar(
        update(JobState)
        .where(JobState.job == job.name, JobState.due_at <= now)
        .values(due_at=job.next_after(now))
        .returning(JobState.job)
    )
    return moved is not None


def _finish(run_id: int, outcome: tuple[str, Report, str], seconds: float) -> None:
    state, report, error = outcome
    with separate_transaction() as session:
        run = session.get_one(JobRun, run_id, with_for_update=True)
        if run.state != "running":
            return  # stopped by hand, or considered lost
        run.finish(state, seconds, report, error)
        if state == "failed" and not run.dry_run:
            soon = clock.now() + RETRY
            session.execute(
                update(JobState).where(JobState.job == run.job, JobState.due_at > soon).values(due_at=soon)
            )


def job_overview() -> list[tuple[Job, datetime, JobRun | None]]:
    """Return every job with its next due time and its last run; a fixed number of statements."""
    due = dict(db.session.execute(select(JobState.job, JobState.due_at)).all())
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    last = {run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(newest)))}
    now = clock.now()
    return [(job, due.get(job.name) or job.next_after(now), last.get(job.name)) for job in registered_jobs()]
