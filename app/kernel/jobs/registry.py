"""Scheduled jobs (PLAT-4): a registry of jobs, which contexts fill in their ``jobs.py``.

A job is idempotent: it reads what is stored and does what is due, so that running it twice changes nothing
more.  It commits as it goes, in services; each commit is fenced (``jobs.lease``).  A dry run reports what a
run would do, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.kernel.clock import LOCAL
from app.kernel.settings.dictionaries import Dictionary

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


# Results of a run: msgid (mark it with ``N_``) → number.
Report = Mapping[str, int]

RETRY = timedelta(minutes=10)  # a failed run does not wait for the next day
_BEGINNING = datetime(2020, 1, 1, tzinfo=LOCAL)


@dataclass(frozen=True)
class Job:
    """A repeated task.  ``run(dry_run=…)`` returns its report.

    ``wanted()``, where given, is a cheap check while the job is due: a run begins only if it returns True.
    """

    name: str
    label: Sentence
    trigger: Any
    run: Callable[..., Report]
    wanted: Callable[[], bool] | None = None

    def next_after(self, moment: datetime) -> datetime:
        """Return when it is due next, strictly after a moment."""
        found: datetime = self.trigger.get_next_fire_time(None, moment + timedelta(milliseconds=1))
        return found.astimezone(UTC)


def every(**span: int) -> IntervalTrigger:
    """Return a schedule of every so many ``seconds``, ``minutes``, ``hours``."""
    return IntervalTrigger(**span, start_date=_BEGINNING, timezone=LOCAL)


def daily(hour: int, minute: int = 0) -> CronTrigger:
    """Return a schedule of once a day, at this time in Asia/Shanghai."""
    return CronTrigger(hour=hour, minute=minute, timezone=LOCAL)


_jobs: dict[str, Job] = {}
_labels: dict[str, Sentence] = {}
JOB = Dictionary("jobs", _labels)  # filled as contexts are loaded


def register_job(job: Job) -> Job:
    """Register a job."""
    _jobs[job.name], _labels[job.name] = job, job.label
    return job


def registered_jobs() -> list[Job]:
    """Return all jobs, by name."""
    return [_jobs[name] for name in sorted(_jobs)]


def find_job(name: str) -> Job | None:
    """Return the job of that name."""
    return _jobs.get(name)
