"""Requesting a run of a job by hand, and stopping one (PLAT-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.audit import services as audit
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import NotFound
from app.kernel.jobs.registry import find_job
from app.kernel.jobs.runs import JobRun, interrupt, job_runs_waiting, request_run
from app.kernel.translation import N_
from app.system.jobs.policies import can_request_job_run, can_stop_job_run

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


@transactional
def request_job_run(name: str, *, dry_run: bool, actor: Actor) -> JobRun:
    """Request a run that the runner starts as soon as it can; a dry run changes nothing.

    :raises NotFound: when there is no such job.
    :raises Denied: ``job.waiting`` when the same run is waiting already.
    """
    job = find_job(name)
    if job is None:
        raise NotFound
    can_request_job_run(job, job_runs_waiting(), dry_run=dry_run).enforce()
    run = request_run(job, dry_run=dry_run, asked_by_id=actor.id or None)
    message = (
        N_("Dry run of the job %(name)s asked for") if dry_run else N_("Run of the job %(name)s asked for")
    )
    audit.record(actor, "job.run", run, message, name=name)
    return run


@transactional
def stop_job_run(pk: int, *, actor: Actor) -> JobRun:
    """End a waiting or current run at once: its thread can commit nothing more.  The job is due again at its
    next time.

    :raises NotFound: when there is no such run.
    :raises Denied: ``job.over`` when it has ended.
    """
    run: JobRun | None = db.session.scalars(
        select(JobRun).where(JobRun.id == pk).with_for_update()
    ).one_or_none()
    if run is None:
        raise NotFound
    can_stop_job_run(actor, run).enforce()
    interrupt(run)
    audit.record(actor, "job.stop", run, N_("Run of the job %(name)s stopped"), name=run.job)
    return run
