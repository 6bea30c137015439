"""Due times of jobs, set by tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from app.kernel.database.session import db
from app.kernel.jobs.runs import JobState

if TYPE_CHECKING:
    from datetime import datetime


def set_due(name: str, moment: datetime) -> None:
    """Set when a job is due next."""
    db.session.execute(update(JobState).where(JobState.job == name).values(due_at=moment))
    db.session.commit()
