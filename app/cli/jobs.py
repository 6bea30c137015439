"""Jobs at the command line (PLAT-4, PLAT-11): a process that runs them, and one run at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from flask import current_app

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.jobs.runner import Runner
from app.kernel.jobs.runs import JobRun
from app.system.jobs.services import request_job_run

if TYPE_CHECKING:
    from app.kernel.jobs.registry import Job


_STEP = 0.1


def serve_jobs() -> None:
    """Run jobs until SIGTERM or Ctrl+C; current runs finish first."""
    app = _app()
    db.session.remove()
    asked_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    runner = Runner(app)
    runner.start()
    asked_to_end.wait()
    if not runner.stop():
        os._exit(0)  # remaining runs cannot commit any more, and would keep the process from ending


def run_job_now(job: Job, *, dry_run: bool) -> JobRun:
    """Run one job and wait for its end.  A runner elsewhere executes it; without one, this process.

    :raises Denied: ``job.waiting`` when the same run was requested just before.
    """
    pk = request_job_run(job.name, dry_run=dry_run, actor=SYSTEM).id
    db.session.remove()
    runner = Runner(_app(), only=pk)
    runner.start()
    try:
        while (run := _stored(pk)).is_under_way:
            time.sleep(_STEP)
    finally:
        runner.stop()
    return run


def _stored(pk: int) -> JobRun:
    run = db.session.get_one(JobRun, pk)
    db.session.remove()
    return run


def _app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - threads need the application itself
