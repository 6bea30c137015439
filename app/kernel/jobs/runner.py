"""The job runner of a process (PLAT-4): keep or acquire the lease, find what is due, run it.

Every process may have a runner; the one that holds the lease works, the others wait.  Jobs run in threads of
their own beside the web server's; background work of other kinds (PLAT-5) is added as a *worker*.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.kernel.clock import LOCAL
from app.kernel.database.session import db, transaction_intent
from app.kernel.jobs import lease
from app.kernel.jobs.heartbeats import SILENT_SECONDS
from app.kernel.jobs.lease import LeaseLostError, WorkEndedError
from app.kernel.jobs.registry import find_job
from app.kernel.jobs.runs import (
    add_new_jobs,
    due_jobs,
    execute_job,
    interrupt_orphans,
    job_heartbeats,
    waiting_runs,
)
from app.kernel.logs import log_crash

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


log = structlog.get_logger("kepan.jobs")

_LONGEST_LOOK = 2.0
_THREADS = 3


@dataclass(frozen=True)
class Worker:
    """Background work beside the jobs.

    ``waits()`` is called at each look; ``work(token, stopping)`` does the waiting work and returns;
    ``beat()`` renews the heartbeats of the current work; ``adopt(token, silent)`` recovers work that an
    earlier tenure left unfinished, or that this one left without a heartbeat for ``silent`` seconds.
    """

    name: str
    waits: Callable[[], bool]
    work: Callable[[int, threading.Event], None]
    adopt: Callable[[int, float], object]
    beat: Callable[[], None]


_workers: dict[str, Worker] = {}


def register_worker(worker: Worker) -> None:
    """Add a worker to the runner."""
    _workers[worker.name] = worker


class Runner:
    """One process's runner.  ``only`` limits it to one requested run (the command line's)."""

    def __init__(self, app: Flask, *, only: int | None = None) -> None:
        self._app = app
        self._only = only
        self._seconds: float = app.config["KEPAN"].lease_seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._token: int | None = None
        self._until = 0.0
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=LOCAL,
            executors={
                "lease": ThreadPoolExecutor(1),
                "look": ThreadPoolExecutor(1),
                "jobs": ThreadPoolExecutor(_THREADS),
                "workers": ThreadPoolExecutor(max(1, len(_workers))),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    @property
    def leads(self) -> bool:
        """True if this process runs the jobs, as far as it can know."""
        return self._token is not None and time.monotonic() < self._until

    def start(self) -> None:
        """Begin to acquire the lease; returns at once."""
        look = min(_LONGEST_LOOK, self._seconds / 5)
        self._scheduler.add_job(self._keep_lease, "interval", seconds=self._seconds / 3, executor="lease")
        self._scheduler.add_job(self._run_due_jobs, "interval", seconds=look, executor="look", id="look")
        self._scheduler.add_job(self._keep_lease, executor="lease")
        self._scheduler.start()

    def stop(self, patience: float = 20.0) -> bool:
        """Begin nothing more, wait for current runs to end, and release the lease.

        Return False when a run still works after ``patience`` seconds: its commits will be refused.
        """
        with self._lock:  # nothing is given to the scheduler from here on: its shutdown would wait for itself
            self._stopping.set()
        self._scheduler.remove_job("look")
        end = time.monotonic() + patience
        while self._busy and time.monotonic() < end:
            time.sleep(0.05)
        finished = not self._busy
        self._scheduler.shutdown(wait=finished)
        if self._token is not None:
            with self._app.app_context():
                lease.release(self._token)
                db.session.remove()
        log.info("jobs_stopped", finished=finished)
        return finished

    # ---- the lease

    def _keep_lease(self) -> None:
        """Renew the lease, or take it where no process holds it."""
        asked_at = time.monotonic()
        with self._app.app_context():
            try:
                if self._token is not None and not lease.renew(self._token, self._seconds):
                    log.warning("lease_lost", holder=self._holder)
                    self._token = None
                if self._token is None and not self._stopping.is_set():
                    self._acquire_lease(asked_at)
                elif self._token is not None:
                    self._until = asked_at + self._seconds
                    self._renew_heartbeats(self._token)
            except Exception as error:  # noqa: BLE001 - the database may be back at the next try
                log_crash(log, "lease_trouble", error)
            finally:
                db.session.remove()

    def _acquire_lease(self, asked_at: float) -> None:
        token = lease.acquire(self._holder, self._seconds)
        if token is None:
            return
        add_new_jobs()
        left = interrupt_orphans(token)
        for worker in _workers.values():
            worker.adopt(token, SILENT_SECONDS)
        self._token, self._until = token, asked_at + self._seconds
        log.info("lease_taken", holder=self._holder, interrupted=left)
        with self._lock:
            if not self._stopping.is_set():  # what waits need not wait for the interval
                self._scheduler.add_job(self._run_due_jobs, executor="look")

    def _renew_heartbeats(self, token: int) -> None:
        """Renew the heartbeats of current runs and recover lost ones."""
        job_heartbeats.beat()
        lost = interrupt_orphans(token)
        for worker in _workers.values():
            worker.beat()
            worker.adopt(token, SILENT_SECONDS)
        if lost:
            log.warning("runs_lost", interrupted=lost)

    # ---- the work

    def _run_due_jobs(self) -> None:
        """Start due jobs, requested runs and waiting work, each in a thread of its own."""
        token = self._token
        if token is None or not self.leads or self._stopping.is_set():
            return
        with self._app.app_context(), transaction_intent(to_change=False):
            try:
                self._begin(token)
            except Exception as error:  # noqa: BLE001 - as above
                log_crash(log, "look_failed", error)
            finally:
                db.session.remove()

    def _begin(self, token: int) -> None:
        for pk, name in waiting_runs():
            job = find_job(name)
            if job is not None and self._only in {None, pk}:
                self._submit(name, "jobs", partial(execute_job, job, token=token, asked=pk))
        if self._only is not None:
            return
        for job in due_jobs():
            self._submit(job.name, "jobs", partial(execute_job, job, token=token))
        for worker in _workers.values():
            name = f"worker:{worker.name}"
            if name not in self._busy and worker.waits():
                self._submit(name, "workers", partial(worker.work, token, self._stopping))

    def _submit(self, name: str, executor: str, call: Callable[[], Any]) -> None:
        """Start it, unless the same still runs here."""
        with self._lock:
            if name in self._busy or self._stopping.is_set():
                return
            self._busy.add(name)
            self._scheduler.add_job(self._run, args=[name, call], executor=executor)

    def _run(self, name: str, call: Callable[[], Any]) -> None:
        try:
            with self._app.app_context():
                try:
                    call()
                finally:
                    db.session.remove()
        except (LeaseLostError, WorkEndedError):
            log.warning("work_abandoned", name=name)
        except Exception as error:  # noqa: BLE001 - nothing may end the runner
            log_crash(log, "work_failed", error, name=name)
        finally:
            self._busy.discard(name)
