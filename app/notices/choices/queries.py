"""What a person wants to be sent (OFF-10): everybody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.kernel.database.session import db
from app.notices.choices.models import NoticeChoice, QuietHours
from app.notices.choices.policies import quiet_until

if TYPE_CHECKING:
    from datetime import datetime


def choices_of(account_id: int) -> set[tuple[str, str]]:
    """Return the (kind, channel) pairs that the person wants."""
    rows = select(NoticeChoice.kind, NoticeChoice.channel).where(NoticeChoice.account_id == account_id)
    return {(kind, channel) for kind, channel in db.session.execute(rows)}


def quiet_hours_of(account_id: int) -> QuietHours | None:
    """Return the person's quiet hours, if any."""
    return db.session.get(QuietHours, account_id)


def silent_until(account_id: int | None, moment: datetime) -> datetime | None:
    """Return until when nothing is sent to the person; None where it may be sent now."""
    hours = db.session.get(QuietHours, account_id) if account_id is not None else None
    return quiet_until(hours.begins, hours.ends, moment) if hours is not None else None
