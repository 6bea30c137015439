"""Queries of background runs: all users see their own (PLAT-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.system.runs.models import UNDER_WAY, BackgroundRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor


def visible_runs(actor: Actor) -> Select[BackgroundRun]:
    """Return the actor's own runs."""
    return select(BackgroundRun).where(BackgroundRun.owner_id == actor.id)


def get_run(pk: int, *, actor: Actor) -> BackgroundRun:
    """Return the actor's own run.

    :raises NotFound: when it belongs to another user, or does not exist.
    """
    return get_one(visible_runs(actor).where(BackgroundRun.id == pk))


def count_under_way(actor: Actor) -> int:
    """Return the number of the person's runs that have not ended."""
    statement = select(func.count()).where(
        BackgroundRun.owner_id == actor.id, BackgroundRun.state.in_(UNDER_WAY)
    )
    return db.session.scalar(statement) or 0


def result_names() -> Iterable[str]:
    """Return the names of all files that runs produced."""
    rows = db.session.scalars(select(BackgroundRun.result_name).where(BackgroundRun.result_name.is_not(None)))
    return [name for name in rows if name]
