"""REST API records of background runs (PLAT-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import url_for
from flask_babel import gettext

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment
from app.system.runs.models import RUN_STATE

if TYPE_CHECKING:
    from app.system.runs.models import BackgroundRun


class RunRecord(TypedDict):
    """A background run of the caller; ``file_url`` is the address of its result, null until there is one."""

    id: int
    kind: str
    title: str
    state: Annotated[str, RUN_STATE]
    done: int
    total: int
    problem: str
    file_name: str
    size: int
    file_url: str | None
    created_at: Moment | None
    finished_at: Moment | None
    expires_at: Moment | None


def run_record(run: BackgroundRun) -> RunRecord:
    """Return the API record of a run."""
    return {
        "id": run.id,
        "kind": run.kind,
        "title": run.title,
        "state": run.state,
        "done": run.done,
        "total": run.total,
        "problem": gettext(run.problem) if run.problem else "",
        "file_name": run.file_name,
        "size": run.size,
        "file_url": url_for("RunApi.file", pk=run.id) if run.has_file else None,
        "created_at": iso(run.created_at),
        "finished_at": iso(run.finished_at),
        "expires_at": iso(run.expires_at),
    }
