"""Reminders of handovers that wait too long (HAND-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.handover.handovers.models import Handover
from app.handover.handovers.queries import is_open, superiors_of
from app.handover.handovers.settings import REMINDER_DAYS
from app.handover.handovers.turns import next_in_turn, tell
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.org.shared.models import Account

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.jobs.registry import Report

BATCH = 200
REMINDER = N_("The handover of %(name)s has waited for you for %(days)s days")
_T = Handover.__table__.c


def _late() -> Select[Handover]:
    before = clock.now() - timedelta(days=REMINDER_DAYS.get())
    since = func.coalesce(_T.reminded_at, _T.stage_since)
    return select(Handover).where(is_open(), _T.stage_since <= before, since <= before)


def count_late() -> int:
    """Count the handovers of which a run would remind."""
    if not REMINDER_DAYS.get():
        return 0
    with unscoped("reminders go to whoever acts next (HAND-7)"):
        return db.session.scalar(select(func.count()).select_from(_late().subquery())) or 0


@transactional
def remind_of_late(batch: int = BATCH) -> int:
    """Remind whoever acts next, as the organisation is now; return how many handovers were looked at."""
    if not REMINDER_DAYS.get():
        return 0
    found = _late().order_by(_T.id).limit(batch)
    found = found.options(joinedload(Handover.former_owner), joinedload(Handover.customer))
    with unscoped("reminders go to whoever acts next (HAND-7)"):
        late = db.session.scalars(found.with_for_update(of=Handover, skip_locked=True)).all()
    superiors = superiors_of({one.former_owner_id for one in late})
    for handover in late:
        handover.reminded_at = clock.now()
        pk = next_in_turn(handover, superiors.get(handover.former_owner_id, ()))
        if pk != handover.acting_id:
            handover.acting = db.session.get(Account, pk) if pk is not None else None
        if pk is not None:
            tell(handover, pk, REMINDER, days=str((clock.now() - handover.stage_since).days))
    return len(late)


def remind_of_handovers(*, dry_run: bool = False) -> Report:
    """Run batches, each in a transaction of its own, until nothing is left; a dry run only counts."""
    done = count_late() if dry_run else 0
    while not dry_run and (found := remind_of_late()):
        done += found
    return {N_("handovers that wait"): done}
