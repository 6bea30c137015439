"""Asking for a job's run by hand (PLAT-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, NotFound, conflict
from app.kernel.jobs.registry import find_job
from app.kernel.jobs.runs import ask_for
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.jobs.runs import JobRun


@transactional
def ask_job(name: str, *, dry_run: bool, actor: Actor) -> JobRun:
    """Let the runner run a job as soon as it can; a dry run changes nothing.

    :raises NotFound: when there is no such job.
    :raises Denied: ``job.waiting`` when the same is waiting already.
    """
    job = find_job(name)
    if job is None:
        raise NotFound
    run = ask_for(job, dry_run=dry_run, asked_by_id=actor.id or None)
    message = (
        N_("Dry run of the job %(name)s asked for") if dry_run else N_("Run of the job %(name)s asked for")
    )
    audit.record(actor, "job.run", run, message, name=name)
    return run


def run_waiting() -> Decision:
    """A run of this job waits already."""
    return conflict("job.waiting", _("This job is waiting to be run already"))
