"""Reports to a superior about people who reveal unusually many numbers (ACC-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.customers.numbers.models import NumberReveal
from app.customers.shared.settings import LOOKS_AN_HOUR
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.staff.queries import nearest_superior

if TYPE_CHECKING:
    from datetime import datetime

    from app.kernel.access.actor import Actor

_HOUR = timedelta(hours=1)


def report_frequent_reveals(actor: Actor, moment: datetime) -> None:
    """Report a person who passes the setting within an hour, once for as long as it lasts.

    A person past it at the previous reveal has been reported. A person without a superior is not reported.
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
    """Return the times of a person's latest reveals, newest first: enough to judge the newest and the one
    before.
    """
    times = select(NumberReveal.created_at).where(
        NumberReveal.staff_id == staff_id, NumberReveal.created_at > moment - 2 * _HOUR
    )
    return list(db.session.scalars(times.order_by(NumberReveal.created_at.desc()).limit(limit + 2)))


def _too_many(looks: list[datetime], limit: int) -> bool:
    """Tell whether more than the limit fall within the hour that ends with the newest."""
    return len(looks) > limit and looks[limit] > looks[0] - _HOUR
