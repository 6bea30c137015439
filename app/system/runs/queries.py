"""Queries of background runs: all users see their own (PLAT-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, func, or_, select

from app.kernel import clock
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.system.runs.models import UNDER_WAY, BackgroundRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


SHOWN_FOR = timedelta(minutes=10)  # how long the corner of the page shows a run that has ended
MOST_SHOWN = 5


def visible_runs(actor: Actor) -> Select[BackgroundRun]:
    """Return the actor's own runs."""
    return select(BackgroundRun).where(BackgroundRun.owner_id == actor.id)


def get_run(pk: int, *, actor: Actor) -> BackgroundRun:
    """Return the actor's own run.

    :raises NotFound: when it belongs to another user, or does not exist.
    """
    return get_one(visible_runs(actor).where(BackgroundRun.id == pk))


def runs_under_way(actor: Actor) -> Select[BackgroundRun]:
    """Return the actor's own runs that have not ended, for whoever shows their progress (OFF-9)."""
    return visible_runs(actor).where(BackgroundRun.state.in_(UNDER_WAY))


def count_under_way(actor: Actor) -> int:
    """Return the number of the person's runs that have not ended."""
    counted = runs_under_way(actor).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(counted) or 0


def recent_runs(actor: Actor) -> Select[BackgroundRun]:
    """Return the person's runs that have not ended, and those of the last minutes, newest first: what the
    corner of the page shows (OFF-9).
    """
    return visible_runs(actor).where(*_is_recent()).order_by(BackgroundRun.id.desc()).limit(MOST_SHOWN)


def mark_of_runs(actor: Actor) -> dict[str, Any]:
    """Return scalars that change with everything :func:`recent_runs` shows."""
    mine = (
        select(func.count())
        .select_from(BackgroundRun)
        .where(BackgroundRun.owner_id == actor.id, *_is_recent())
    )
    figures = {
        "number": func.count(),
        "newest": func.max(BackgroundRun.id),
        "done": func.sum(BackgroundRun.done),
        "total": func.sum(BackgroundRun.total),
        "ended": func.count(BackgroundRun.finished_at),
        "begun": func.count(BackgroundRun.started_at),
        "files": func.count(BackgroundRun.result_name),
    }
    return {name: mine.with_only_columns(figure).scalar_subquery() for name, figure in figures.items()}


def _is_recent() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions; the first is read in the owner's index, as nothing runs longer than a day."""
    day = bindparam("runs_since", callable_=lambda: clock.now() - timedelta(days=1), type_=UtcDateTime)
    ended = bindparam("ended_since", callable_=lambda: clock.now() - SHOWN_FOR, type_=UtcDateTime)
    return (
        BackgroundRun.created_at >= day,
        or_(BackgroundRun.finished_at.is_(None), BackgroundRun.finished_at >= ended),
    )


def result_names() -> Iterable[str]:
    """Return the names of all files that runs produced."""
    rows = db.session.scalars(select(BackgroundRun.result_name).where(BackgroundRun.result_name.is_not(None)))
    return [name for name in rows if name]
