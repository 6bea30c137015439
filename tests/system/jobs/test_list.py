"""PLAT-4: the runs of jobs as a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.jobs.runs import JobRun
from tests.support.web.kit import ListViewTests


class TestJobRuns(ListViewTests):
    """PLAT-4, PLAT-9: the administrator finds the runs of jobs."""

    view = "JobRunView"
    column = "did"
    allowed = ("admin",)
    outsiders = ("agent", "auditor", "broker")
    filters: ClassVar = {
        "job=tidy": ["早"], "job=sweep_files": ["晚"], "state=failed": ["早", "晚"], "state=done": [],
        "asked_to=2026-01-31": ["早"], "asked_from=2026-02-01": ["晚"],
    }  # fmt: skip
    orders: ClassVar = {"asked_at": ["早", "晚"]}

    def prepare(self):
        with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
            self.add("早")
        self.add("晚", "sweep_files")

    def add(self, number, job="tidy"):
        db.session.add(
            JobRun(job=job, state="failed", dry_run=False, asked_at=clock.now(), error=str(number))
        )
        db.session.commit()
