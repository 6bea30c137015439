"""Typed customer codes (CH-30). Codes are sequential and prove no visit, so the last four digits of the
customer's number have to be typed too, and wrong tries are counted and logged.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.audit.models import OperationLog
from app.channel.referrals.models import Referral
from app.channel.visitors.models import Visitor
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import is_within_operation, lock, transactional
from app.kernel.errors import QUOTA, Decision, Denied, Invalid
from app.kernel.fields.forms import REQUIRED
from app.kernel.keys import keys
from app.kernel.text import fold
from app.kernel.translation import N_
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


WRONG_TRIES = 10
WITHIN = timedelta(hours=1)  # the period in which tries are counted, and for which a proof is valid
WRONG_CODE = _("This code and these digits belong to nobody")
TOO_MANY = Decision(
    allowed=False,
    code="scan.too_many_codes",
    message=_("Too many wrong codes within an hour; scan the customer's QR code instead"),
    status=QUOTA,
)
_OPERATION = "scan.wrong_code"
_PURPOSE = "scan-by-code"
_CODE = re.compile(r"[RV]\d{6,}")


def code_in(word: str) -> str:
    """Return the customer's code in a typed word, as it is stored; empty when there is none."""
    found = fold(word).upper()
    return found if _CODE.fullmatch(found) else ""


def prove_code(*, code: str, tail: str, actor: Actor) -> str:
    """Check a typed code against the last four digits.

    Return a word that replaces the token for the person's next hour; their scan is then marked ``by code``. A
    wrong try is logged in a transaction of its own: call this before the operation.

    :raises Invalid: without the digits, or when the two match no customer.
    :raises Denied: ``scan.too_many_codes`` (429) after ten wrong tries within an hour.
    """
    if is_within_operation():
        message = "a code is proved before the operation, not within"
        raise RuntimeError(message)
    digits = fold(tail)
    if not digits:
        raise Invalid(tail=REQUIRED)
    found = _try(code_in(code), digits, actor)
    if isinstance(found, Decision):
        raise Denied(found)
    if not found:
        raise Invalid(tail=WRONG_CODE)
    content = {"for": _PURPOSE, "code": found, "by": actor.id}
    return keys().fernet.encrypt_at_time(json.dumps(content).encode(), _now()).decode()


def proved_code(word: str, actor: Actor) -> str:
    """Return the code that the person has proved within the hour; empty for a word that proves none."""
    try:
        raw = keys().fernet.decrypt_at_time(word.encode(), int(WITHIN.total_seconds()), _now())
        content = json.loads(raw)
    except (InvalidToken, UnicodeEncodeError, ValueError):
        return ""
    is_theirs = isinstance(content, dict) and content.get("for") == _PURPOSE and content.get("by") == actor.id
    return str(content["code"]) if is_theirs else ""


def find_by_code(code: str) -> Referral | Visitor | None:
    """Find the record of a code; a broker's customer can be scanned from the first report on."""
    with unscoped("scan: the proved code is the way to the customer (CH-30)"):
        statement = select(Referral).where(Referral.code == code, Referral.qr_token.is_not(None))
        referral = db.session.scalars(statement.options(joinedload(Referral.broker))).one_or_none()
        return referral or db.session.scalars(select(Visitor).where(Visitor.code == code)).one_or_none()


def _now() -> int:
    return int(clock.now().timestamp())


@transactional
def _try(code: str, tail: str, actor: Actor) -> str | Decision:
    """Return the code when the digits match; otherwise log the try and return an empty text."""
    lock(f"scan-code:{actor.id}")
    recent = select(func.count()).where(
        OperationLog.actor_id == actor.id,
        OperationLog.operation == _OPERATION,
        OperationLog.at > clock.now() - WITHIN,
    )
    if (db.session.scalar(recent) or 0) >= WRONG_TRIES:
        return TOO_MANY
    subject = find_by_code(code) if code else None
    if subject is not None and tail in _last_digits(subject):
        return subject.code
    person = db.session.get_one(Account, actor.id)
    audit.record(
        actor, _OPERATION, person, N_("Typed a customer code with digits that are not the customer's")
    )
    return ""


def _last_digits(subject: Referral | Visitor) -> list[str]:
    if isinstance(subject, Referral):
        return [one.tail for one in subject.fragments]
    return [subject.phone.last4] if subject.phone.last4 else []
