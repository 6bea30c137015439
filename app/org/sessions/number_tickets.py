"""Tickets for registration (CH-31): a person whose number was proved at sign-in, but who has no account,
registers with a ticket instead of another code.
"""

from __future__ import annotations

import json
from datetime import timedelta

from cryptography.fernet import InvalidToken
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, update

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import is_within_operation, transactional
from app.kernel.errors import Decision, Invalid
from app.kernel.fields.phones import canonical_phone
from app.kernel.keys import keys
from app.org.sessions.models import SmsCode

TICKET_VALID = timedelta(minutes=10)
_PURPOSE = "number-ticket"


def unknown_number(number: str) -> Decision:
    """Refuse a sign-in with a proved number that belongs to no account: 404 ``account.none`` with
    the ticket.
    """
    return Decision(
        allowed=False,
        code="account.none",
        message=_("Nobody is registered with this number yet"),
        status=404,
        details={"ticket": _make_ticket(number), "valid_seconds": int(TICKET_VALID.total_seconds())},
    )


def _make_ticket(number: str) -> str:
    """Return the number and the code that proved it, encrypted."""
    index = keys().index(number)
    proof = select(func.max(SmsCode.id)).where(
        SmsCode.phone_index == index, SmsCode.purpose == "login", SmsCode.used_at.is_not(None)
    )
    content = {"for": _PURPOSE, "phone": number, "proof": db.session.scalar(proof)}
    return keys().fernet.encrypt(json.dumps(content).encode()).decode()


def number_of(ticket: str) -> str:
    """Return the number that the ticket proves, unless it was used; empty for an invalid or expired
    ticket.
    """
    return str(_read(ticket).get("phone", ""))


def _read(ticket: str) -> dict[str, object]:
    try:
        raw = keys().fernet.decrypt(ticket.encode(), ttl=int(TICKET_VALID.total_seconds()))
        content = json.loads(raw)
    except (InvalidToken, UnicodeEncodeError, ValueError):
        return {}
    return content if isinstance(content, dict) and content.get("for") == _PURPOSE else {}


def use_ticket(ticket: str, phone: str) -> None:
    """Accept the ticket as proof of the number; it works once, as a code does.

    It has a transaction of its own: call it before the operation.

    :raises Invalid: under ``ticket``, for one that was used, is expired, or proves another number.
    """
    if is_within_operation():
        message = "a ticket is used before the operation, not within"
        raise RuntimeError(message)
    content = _read(ticket)
    try:
        number = canonical_phone(phone)
    except ValueError:
        number = ""
    if not number or content.get("phone") != number or not _use(content.get("proof"), keys().index(number)):
        raise Invalid(ticket=_("Have a code sent once more: this took too long"))


@transactional
def _use(proof: object, index: str) -> bool:
    used = (
        update(SmsCode)
        .where(SmsCode.id == proof, SmsCode.phone_index == index, SmsCode.ticket_used_at.is_(None))
        .values(ticket_used_at=clock.now())
        .returning(SmsCode.id)
    )
    return db.session.scalar(used) is not None
