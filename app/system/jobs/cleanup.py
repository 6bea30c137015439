"""The platform's own clean-up jobs (PLAT-4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from app.audit.undo.services import forget_steps
from app.kernel import clock
from app.kernel.api.idempotency import delete_old_answers
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.files.attachments import sweep_files
from app.kernel.jobs.runs import JobRun
from app.kernel.translation import N_
from app.notices.outbox.delivery import delete_old_messages
from app.org.sessions.access_events import forget_events
from app.org.sessions.login_sessions import forget_sessions
from app.org.sessions.sms_codes import delete_old_codes
from app.system.batches.services import forget_batches
from app.system.runs.services import expire_results

if TYPE_CHECKING:
    from app.kernel.jobs.registry import Report


RUN_RETENTION = timedelta(days=90)


def remove_abandoned_files(*, dry_run: bool = False) -> Report:
    """Delete the content of files that no record names."""
    return {N_("files removed"): len(sweep_files(dry_run=dry_run))}


def expire(*, dry_run: bool = False) -> Report:
    """Delete expired files of the download centre, and old records of runs."""
    return {N_("files of the download centre removed"): expire_results(dry_run=dry_run)}


def tidy(*, dry_run: bool = False) -> Report:
    """Delete temporary records: stored responses of idempotent requests, old runs, old messages and codes."""
    return {
        N_("answers to repeated requests removed"): delete_old_answers(dry_run=dry_run),
        N_("records of runs removed"): _forget_runs(dry_run=dry_run),
        N_("batches removed"): forget_batches(dry_run=dry_run),
        N_("outgoing messages removed"): delete_old_messages(dry_run=dry_run),
        N_("codes by SMS removed"): delete_old_codes(dry_run=dry_run),
        N_("ended sessions removed"): forget_sessions(dry_run=dry_run),
        N_("sign-ins and refusals removed"): forget_events(dry_run=dry_run),
        N_("steps that can no longer be undone removed"): forget_steps(dry_run=dry_run),
    }


@transactional
def _forget_runs(*, dry_run: bool) -> int:
    old = (JobRun.asked_at < clock.now() - RUN_RETENTION, JobRun.finished_at.is_not(None))
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(JobRun).where(*old)) or 0
    return len(db.session.scalars(delete(JobRun).where(*old).returning(JobRun.id)).all())
