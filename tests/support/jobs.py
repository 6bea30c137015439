"""A job for tests."""

from __future__ import annotations

from app.kernel.access.actor import SYSTEM
from app.kernel.jobs import registry
from app.kernel.jobs.registry import Job, daily
from app.org.departments.services import create_company


class Counter:
    """A job that creates a company each time, and can be set to fail."""

    def __init__(self) -> None:
        self.seen: list[bool] = []
        self.error: Exception | None = None

    def run(self, *, dry_run: bool = False):
        self.seen.append(dry_run)
        if self.error is not None:
            raise self.error
        if not dry_run:
            create_company(name=f"第{len(self.seen)}次", actor=SYSTEM)
        return {"files removed": len(self.seen)}


def register_counter(monkeypatch) -> Counter:
    """Register the job as ``counting`` for the test, every day at 4:00."""
    made = Counter()
    monkeypatch.setitem(registry._jobs, "counting", Job("counting", "Counting", daily(4), made.run))
    monkeypatch.setitem(registry._labels, "counting", "Counting")
    return made
