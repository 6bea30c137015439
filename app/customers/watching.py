"""Telling a superior of somebody who looks at unusually many numbers (ACC-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.customers.models import NumberReveal
from app.customers.settings import LOOKS_AN_HOUR
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.staff.queries import nearest_superior

if TYPE_CHECKING:
    from datetime import datetime

    from app.kernel.access.actor import Actor

_HOUR = timedelta(hours=1)


def report_frequent_reveals(actor: Actor, moment: datetime) -> None:
    """After a look: whoever passes the setting within an hour is reported, once for as long as it lasts.

    Who was past it at the look before has been reported.  Where nobody stands above them, nobody is told.
    """
    limit = LOOKS_AN_HOUR.get()
    looks = _latest_reveals(actor.id, moment, limit)
    if not _too_many(looks, limit) or _too_many(looks[1:], limit):
        return
    superior_id = nearest_superior(actor.id)
    if superior_id is not None:
        notices.notify(
            superior_id,
            N_("%(who)s looked at more than %(n)s numbers within an hour"),
            who=actor.name,
            n=limit,
        )


def _latest_reveals(staff_id: int, moment: datetime, limit: int) -> list[datetime]:
    """Times of the person's looks, newest first: as many as tell about the newest and the one before."""
    times = select(NumberReveal.created_at).where(
        NumberReveal.staff_id == staff_id, NumberReveal.created_at > moment - 2 * _HOUR
    )
    return list(db.session.scalars(times.order_by(NumberReveal.created_at.desc()).limit(limit + 2)))


def _too_many(looks: list[datetime], limit: int) -> bool:
    """More than the limit within the hour that ends with the newest of them."""
    return len(looks) > limit and looks[limit] > looks[0] - _HOUR
