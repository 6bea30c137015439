"""Reports to a superior about unusual reveals: too many (ACC-10), or around one's own change (POOL-4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.audit.queries import count_operations, latest_change
from app.customers.numbers.models import NumberReveal
from app.customers.shared.notifications import notify_about
from app.customers.shared.settings import LOOKS_AN_HOUR
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices import services as notices
from app.notices.choices.kinds import SECURITY
from app.org.staff.queries import nearest_superior

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

RELEASE = "pool.publicize"  # the operation, as the log names it
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


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
            kind=SECURITY,
            who=actor.name,
            n=limit,
        )


def report_reveal_after_own_change(reveal: NumberReveal, customer: Customer, actor: Actor) -> None:
    """Report a reveal of a platform customer within a day of the person's own change of the demand districts,
    which may have opened it to them: once a change (POOL-4). Districts open no personal customer.
    """
    if customer.pool != "platform":
        return
    changed = latest_change(customer, "demand_districts", actor.id, reveal.created_at - _DAY)
    if changed is None or _revealed_since(customer, actor, changed, but=reveal.id):
        return
    message = N_("%(who)s looked at the number of %(name)s after changing its demand districts")
    _tell_superior(actor, message, customer)


def report_reveal_before_release(customer: Customer, actor: Actor) -> None:
    """Report a person who now publicizes a customer whose number they looked at within the last hour: once a
    reveal (POOL-4). Call it before the release is logged.
    """
    looked = _revealed_since(customer, actor, clock.now() - _HOUR)
    if looked is None or count_operations(customer, RELEASE, actor.id, looked):
        return
    _tell_superior(actor, N_("%(who)s released %(name)s within an hour of looking at its number"), customer)


def _revealed_since(
    customer: Customer, actor: Actor, since: datetime, *, but: int | None = None
) -> datetime | None:
    """Return when the person last looked at the customer's number, since a moment."""
    times = select(func.max(NumberReveal.created_at)).where(
        NumberReveal.customer_id == customer.id,
        NumberReveal.staff_id == actor.id,
        NumberReveal.created_at > since,
        NumberReveal.id != (but or 0),
    )
    return db.session.scalar(times)


def _tell_superior(actor: Actor, message: str, customer: Customer) -> None:
    superior_id = nearest_superior(actor.id)
    if superior_id is not None:
        notify_about(customer, superior_id, message, actor, kind=SECURITY)


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
