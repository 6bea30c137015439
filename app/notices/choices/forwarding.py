"""Notifications that a person wants by another channel too go into the outbox (OFF-10).

A job does it after the commit, so that no operation waits for it.  Each is queued once: the outbox refuses
the same mark twice.  What was read in the inbox meanwhile is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale, gettext
from sqlalchemy import String, cast, literal, select

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices.choices.kinds import is_urgent
from app.notices.choices.models import NoticeChoice
from app.notices.choices.services import forget_channel
from app.notices.models import Notification
from app.notices.outbox.delivery import queue
from app.notices.outbox.models import OutgoingMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    from app.kernel.jobs.registry import Report


WITHIN = timedelta(days=1)  # after a longer outage the inbox is enough
_AT_ONCE = 200
PURPOSE = N_("Notification")


@dataclass(frozen=True)
class Recipient:
    """Where a person is reached by a channel, and their language."""

    address: str
    language: str


_finders: list[Callable[[int, str], Recipient | None]] = []


def register_recipients(find: Callable[[int, str], Recipient | None]) -> None:
    """Register the source of addresses: ``find(account's id, channel)``; None where there is none."""
    _finders[:] = [find]


def has_notices_to_forward() -> bool:
    """Return True if a notification is to be sent."""
    return db.session.execute(_due().limit(1)).first() is not None


def forward_notices(*, dry_run: bool = False) -> Report:
    """Queue what is to be sent.  Return the number of messages."""
    if dry_run:
        return {N_("notifications to forward"): len(db.session.execute(_due().limit(_AT_ONCE)).all())}
    total = 0
    while number := _forward():
        total += number
    return {N_("notifications forwarded"): total}


@transactional
def _forward() -> int:
    """Queue some.  Return how many were looked at."""
    rows = db.session.execute(_due().order_by(Notification.id).limit(_AT_ONCE)).all()
    for notice, channel in rows:
        _send(notice, channel)
    return len(rows)


def _send(notice: Notification, channel: str) -> None:
    recipient = next((found for find in _finders if (found := find(notice.recipient_id, channel))), None)
    if recipient is None:
        forget_channel(notice.recipient_id, channel)
        return
    with force_locale(recipient.language):
        title = notice.title
        hint = gettext("Open Kepan to see it; you choose on your page what you are sent.")
    queue(
        channel,
        recipient.address,
        f"{title}\n\n{hint}" if channel == "email" else title,
        subject=title,
        purpose=PURPOSE,
        dedupe=f"notice:{notice.id}:{channel}",
        not_after=notice.created_at + WITHIN,
        account_id=notice.recipient_id,
        is_urgent=is_urgent(notice.kind),
    )


def _due() -> Select[Any, Any]:
    """Select the unread notifications that somebody wants by a channel and that were not queued yet."""
    mark = literal("notice:") + cast(Notification.id, String) + ":" + NoticeChoice.channel
    queued = select(OutgoingMessage.id).where(OutgoingMessage.dedupe == mark).exists()
    return (
        select(Notification, NoticeChoice.channel)
        .join(
            NoticeChoice,
            (NoticeChoice.account_id == Notification.recipient_id) & (NoticeChoice.kind == Notification.kind),
        )
        .where(
            Notification.created_at >= clock.now() - WITHIN,
            Notification.created_at >= NoticeChoice.since,
            Notification.read_at.is_(None),
            ~queued,
        )
    )
