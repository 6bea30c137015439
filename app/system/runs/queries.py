"""Reading long work: everybody sees their own (PLAT-5)."""

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
    """One's own."""
    return select(BackgroundRun).where(BackgroundRun.owner_id == actor.id)


def get_run(pk: int, *, actor: Actor) -> BackgroundRun:
    """One's own run.

    :raises NotFound: when it is somebody else's, or not there.
    """
    return get_one(visible_runs(actor).where(BackgroundRun.id == pk))


def count_under_way(actor: Actor) -> int:
    """How many of the person's runs have not ended."""
    statement = select(func.count()).where(
        BackgroundRun.owner_id == actor.id, BackgroundRun.state.in_(UNDER_WAY)
    )
    return db.session.scalar(statement) or 0


def result_names() -> Iterable[str]:
    """Names of all files that runs made."""
    rows = db.session.scalars(select(BackgroundRun.result_name).where(BackgroundRun.result_name.is_not(None)))
    return [name for name in rows if name]
