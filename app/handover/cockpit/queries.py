"""How many handovers of each colleague stand where: in scope, marked for the guard (HAND-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.handover.handovers.choices import CANCELLED, COMPLETED, STAGE
from app.handover.handovers.models import Handover
from app.handover.handovers.queries import is_open, visible_handovers
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from datetime import datetime

    from app.kernel.access.actor import Actor

_T = Handover.__table__.c
MOST = 200


@dataclass(frozen=True)
class Progress:
    """The handovers from one colleague: stage → number, and since when the oldest open one waits."""

    staff_id: int
    name: str
    status: str
    stages: dict[str, int]
    oldest: datetime | None

    @property
    def total(self) -> int:
        """All that were not cancelled."""
        return sum(number for stage, number in self.stages.items() if stage != CANCELLED)

    @property
    def share_done(self) -> int:
        """The share that was handed over, in per cent, rounded down."""
        return self.stages[COMPLETED] * 100 // self.total if self.total else 0

    @property
    def days_waiting(self) -> int | None:
        """For how many days the oldest open one has waited; None without any."""
        return None if self.oldest is None else (clock.now() - self.oldest).days


def progress_of_colleagues(actor: Actor) -> list[Progress]:
    """Return the progress of everybody whose handovers the actor sees and of which one is open, the longest
    waiting first; in one statement.
    """
    counted = [func.count().filter(_T.stage == code).label(code) for code in STAGE.codes]
    oldest = func.min(_T.stage_since).filter(is_open()).label("oldest")
    ids = visible_handovers(actor).with_only_columns(_T.id)
    found = (
        select(Staff.id, Staff.name, Staff.status, oldest, *counted)
        .join(Handover.__table__, _T.former_owner_id == Staff.id)
        .where(_T.id.in_(ids))
        .group_by(Staff.id, Staff.name, Staff.status)
        .having(func.count().filter(is_open()) > 0)
        .order_by(oldest, Staff.id)
        .limit(MOST)
    )
    return [
        Progress(row.id, row.name, row.status, {code: getattr(row, code) for code in STAGE.codes}, row.oldest)
        for row in db.session.execute(scoped(found))
    ]
