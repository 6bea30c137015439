"""Policies of jobs: pure rules, no queries (PLAT-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.kernel.access.actor import Actor
    from app.kernel.jobs.registry import Job
    from app.kernel.jobs.runs import JobRun


RUN_WAITING = conflict("job.waiting", _("This job is waiting to be run already"))


def can_request_job_run(job: Job, waiting: Collection[tuple[str, bool]], *, dry_run: bool) -> Decision:
    """PLAT-4: unless the same run waits; ``waiting`` holds the job and ``dry_run`` of each waiting run."""
    return RUN_WAITING if (job.name, dry_run) in waiting else ALLOW


def can_stop_job_run(_actor: Actor, run: JobRun) -> Decision:
    """PLAT-4: while it is waiting or running."""
    if run.is_under_way:
        return ALLOW
    return conflict("job.over", _("This run has ended already"))
