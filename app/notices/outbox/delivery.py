"""The transactional outbox (PLAT-2): queued in the operation's transaction, sent by a job after the commit.

A message is claimed, sent and recorded, each in a transaction of its own, so that none is held during the
provider's response.  Once its success is recorded it is never sent again; a process that dies between sending
and recording leaves it claimed, and it is retried under the same key when the claim expires.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from flask import current_app
from sqlalchemy import delete, exists, func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import get_one, upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.fields.phones import mask_phone
from app.kernel.jobs.lease import without_fence
from app.kernel.keys import keys
from app.kernel.translation import N_
from app.notices.choices.queries import silent_until
from app.notices.outbox import policies
from app.notices.outbox.models import MAX_BODY, OutgoingMessage
from app.notices.outbox.providers import TIMEOUT_SECONDS, Letter, NotSentError, provider_for

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor
    from app.kernel.jobs.registry import Report
    from app.notices.outbox.providers import Provider


log = structlog.get_logger("kepan.outbox")

RETENTION = timedelta(days=90)
MAX_ATTEMPTS = 6
CLAIM = timedelta(seconds=TIMEOUT_SECONDS * 4)
_FIRST_WAIT = 30.0  # seconds; four times as long after each try: 30 s, 2 min, 8 min, half an hour, 2 h


def queue(
    channel: str,
    recipient: str,
    body: str,
    *,
    purpose: str,
    subject: str = "",
    dedupe: str | None = None,
    not_after: datetime | None = None,
    company_id: int | None = None,
    account_id: int | None = None,
    is_urgent: bool = False,
) -> bool:
    """Put a message into the outbox, in the caller's transaction.  Return False when ``dedupe`` was queued
    before.

    :param recipient: a canonical phone number, an e-mail address; empty for the chat robot.
    :param purpose: an English msgid (mark it with ``N_``): its purpose, shown to administrators.
    :param not_after: after this moment it is not sent any more.
    :param account_id: whose quiet hours delay it, unless it ``is_urgent`` (OFF-10).
    """
    seal = keys().fernet.encrypt
    now = clock.now()
    row = {
        "company_id": company_id,
        "account_id": account_id,
        "is_urgent": is_urgent,
        "channel": channel,
        "purpose": purpose,
        "recipient_cipher": seal(recipient.encode()).decode(),
        "recipient_masked": mask_recipient(channel, recipient),
        "subject": subject[:200],
        "body_cipher": seal(body[:MAX_BODY].encode()).decode(),
        "dedupe": dedupe,
        "state": "waiting",
        "attempts": 0,
        "next_at": now,
        "not_after": not_after,
        "error": "",
        "created_at": now,
    }
    statement = upsert(OutgoingMessage, row, unique=("dedupe",))
    return db.session.scalar(statement.returning(OutgoingMessage.id)) is not None


def mask_recipient(channel: str, recipient: str) -> str:
    """Return the masked recipient: ``138****1234``, ``w***@example.com``."""
    if channel == "sms":
        return mask_phone(recipient)
    if channel == "email":
        name, _at, domain = recipient.rpartition("@")
        return f"{name[:1]}***@{domain}"[:120]
    return ""


def has_due_messages() -> bool:
    """Return True if a message is due."""
    return bool(db.session.scalar(select(exists().where(*_due()))))


def _due() -> tuple[ColumnElement[bool], ...]:
    """Return the condition: waiting, or claimed by a try that never recorded its end."""
    return (OutgoingMessage.state.in_(("waiting", "sending")), OutgoingMessage.next_at <= clock.now())


def send_due(*, dry_run: bool = False) -> Report:
    """Send due messages, one after the other.  Return the number of messages by final state."""
    if dry_run:
        number = db.session.scalar(select(func.count()).select_from(OutgoingMessage).where(*_due())) or 0
        return {N_("messages to send"): number}
    done = {"sent": 0, "waiting": 0, "failed": 0, "expired": 0, "not_sent": 0}
    while (claimed := _claim()) is not None:
        done[_send(claimed)] += 1
    return {
        N_("messages sent"): done["sent"],
        N_("messages to be tried again"): done["waiting"],
        N_("messages given up"): done["failed"] + done["expired"],
        N_("messages without a provider"): done["not_sent"],
    }


@transactional
def _claim() -> OutgoingMessage | None:
    """Return the next message, claimed by this process alone; what is due in quiet hours waits for their
    end (OFF-10).
    """
    statement = select(OutgoingMessage).where(*_due()).order_by(OutgoingMessage.next_at, OutgoingMessage.id)
    statement = statement.limit(1).with_for_update(skip_locked=True)
    while (found := db.session.scalars(statement).one_or_none()) is not None:
        until = None if found.is_urgent else silent_until(found.account_id, clock.now())
        if until is None:
            found.take(clock.now() + CLAIM)
            return found
        found.hold(until)
        db.session.flush()
    return None


def _send(message: OutgoingMessage) -> str:
    """Send a claimed message and record the outcome.  Return its state."""
    deadline = time.monotonic() + CLAIM.total_seconds() - TIMEOUT_SECONDS
    if message.not_after is not None and message.not_after < clock.now():
        return _record(message, "expired")
    provider = provider_for(message.channel, current_app.config["KEPAN"])
    if provider is None:
        log.info("message_not_sent", reason="no provider", id=message.id, channel=message.channel)
        return _record(message, "not_sent")
    letter = _letter(message)
    if (
        time.monotonic() > deadline
    ):  # this process was suspended, and another one may have claimed the message by now
        return "waiting"
    return _hand_over(message, provider, letter)


def _hand_over(message: OutgoingMessage, provider: Provider, letter: Letter) -> str:
    try:
        provider.send(letter)
    except NotSentError as error:
        log.warning("message_refused", id=message.id, channel=message.channel, kind=error.kind)
        given_up = error.permanent or message.attempts >= MAX_ATTEMPTS
        return _record(message, "failed" if given_up else "waiting", error.kind)
    with without_fence():
        return _record(message, "sent")


def _letter(message: OutgoingMessage) -> Letter:
    def opened(value: str) -> str:
        return keys().fernet.decrypt(value.encode()).decode()

    return Letter(
        f"kepan-{message.id}", opened(message.recipient_cipher), message.subject, opened(message.body_cipher)
    )


@transactional
def _record(message: OutgoingMessage, state: str, error: str = "") -> str:
    """Record the outcome of a try; one that lost its claim is ignored, except if the message was sent."""
    statement = select(OutgoingMessage).where(OutgoingMessage.id == message.id).with_for_update()
    stored = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    if stored.state == "sent" or (state != "sent" and stored.attempts != message.attempts):
        return stored.state
    if state == "waiting":
        stored.wait(clock.now() + timedelta(seconds=_FIRST_WAIT * 4 ** (stored.attempts - 1)), error)
    else:
        stored.end(state, error, clock.now() if state == "sent" else None)
    return state


def sending_facts(message: OutgoingMessage) -> policies.SendingFacts:
    """Return what the policy of sending again reads beyond the message."""
    provider = provider_for(message.channel, current_app.config["KEPAN"])
    return policies.SendingFacts(clock.now(), has_provider=provider is not None)


@transactional
def send_again(pk: int, *, actor: Actor) -> OutgoingMessage:
    """Queue a message again that failed for good, or had no provider.

    :raises NotFound: when it no longer exists.
    :raises Denied: ``message.not_given_up``, ``message.too_late``.
    """
    message: OutgoingMessage = get_one(select(OutgoingMessage).where(OutgoingMessage.id == pk), lock=True)
    policies.can_send_again(actor, message, sending_facts(message)).enforce()
    changed = {"state": (message.state, "waiting")}
    message.wait(clock.now(), "")
    audit.record(actor, "outgoing_message.send_again", message, N_("Queued once more"), changed)
    return message


@transactional
def delete_old_messages(*, dry_run: bool = False) -> int:
    """Delete old messages in a final state.  Return the number of deleted rows."""
    old = (
        OutgoingMessage.created_at < clock.now() - RETENTION,
        OutgoingMessage.state.not_in(("waiting", "sending")),
    )
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(OutgoingMessage).where(*old)) or 0
    return len(db.session.scalars(delete(OutgoingMessage).where(*old).returning(OutgoingMessage.id)).all())
