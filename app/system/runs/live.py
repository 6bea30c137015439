"""The person's background runs in the corner of every page (OFF-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import url_for
from flask_babel import gettext

from app.kernel.access.actor import cached_per_actor
from app.kernel.database.session import db
from app.kernel.pages.live import LivePart
from app.system.permissions import BackgroundRunPermission
from app.system.runs.models import RUN_STATE
from app.system.runs.policies import can_cancel_run
from app.system.runs.queries import mark_of_runs, recent_runs
from app.system.runs.services import find_kind

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.system.runs.models import BackgroundRun


class ShownRun(TypedDict):
    """A run as the corner shows it; an address is empty where there is nothing to fetch or to cancel."""

    id: int
    title: str
    state: str
    words: str
    done: int
    total: int
    file: str
    result: str
    cancel: str


def shown_run(run: BackgroundRun, actor: Actor) -> ShownRun:
    """Return a run as the corner shows it."""
    kind = find_kind(run.kind)
    may_cancel = actor.may(BackgroundRunPermission.CANCEL) and can_cancel_run(actor, run)
    return {
        "id": run.id,
        "title": f"{kind.label} · {run.title}" if kind else run.title,
        "state": run.state,
        "words": gettext(run.problem) if run.problem else RUN_STATE.label(run.state),
        "done": run.done,
        "total": run.total,
        "file": url_for("RunView.file", pk=run.id) if run.has_file else "",
        "result": kind.result_url(run.id) if kind and kind.result_url else "",
        "cancel": url_for("RunView.cancel", pk=run.id) if may_cancel else "",
    }


def _runs(actor: Actor) -> list[ShownRun]:
    if not actor.may(BackgroundRunPermission.READ):
        return []
    return [shown_run(run, actor) for run in db.session.scalars(recent_runs(actor))]


RUNS = LivePart("runs", cached_per_actor(mark_of_runs), _runs)
