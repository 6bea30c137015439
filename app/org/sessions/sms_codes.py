"""Codes by SMS that prove a phone number (CH-3): six digits, five minutes, five tries, good once.

The behaviour and the response are the same for every number and owner.  Requests per number and address are
limited silently: a client over the limit gets the same response and no code.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING

import structlog
from flask import current_app, has_request_context, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, case, delete, func, or_, select, update

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import is_within_operation, lock, transactional
from app.kernel.errors import Invalid
from app.kernel.fields.phones import NO_MOBILE, canonical_mobile, canonical_phone, mask_phone
from app.kernel.keys import keys
from app.kernel.network import network_of
from app.kernel.settings.dictionaries import Dictionary
from app.kernel.text import fold
from app.kernel.translation import N_
from app.notices.outbox import delivery as outbox
from app.org.sessions.access_events import note_failed_sign_in
from app.org.sessions.credentials import account_of_phone
from app.org.sessions.models import SmsCode
from app.org.sessions.number_tickets import unknown_number
from app.org.sessions.settings import SMS_CODES_AN_HOUR
from app.org.sessions.signin import note_success
from app.org.shared.models import Account, LoginSession

if TYPE_CHECKING:
    from datetime import datetime

log = structlog.get_logger("kepan.smscodes")

SMS_PURPOSE = Dictionary(
    "sms_purpose",
    {
        "login": _("Sign in"),
        "register": _("Registration"),
        "change_phone": _("Change of phone number"),
        "confirm": _("Change of one's own sign-in"),
    },
)
VALID = timedelta(minutes=5)
TRIES = 5
DIGITS = 6
RETENTION = timedelta(days=1)  # the period that the limits cover
# (period, number of codes): for a phone number requested from one address, for a phone number in
# all by strangers (its owner's network and device are exempt, so that others cannot stop the owner's
# codes, ACC-18), for an address.
PER_PHONE = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (RETENTION, 10))
PER_PHONE_IN_ALL = ((timedelta(minutes=1), 4), (timedelta(hours=1), 15), (RETENTION, 30))
PER_ADDRESS = ((timedelta(hours=1), 30), (RETENTION, 100))
RESERVE = 5  # one code in so many of the installation's ceiling is kept for numbers that have an account
_MAX_NETWORKS = 100  # sessions of an account that are looked at


@transactional
def send_sms_code(*, phone: str, purpose: str, source: str = "", device_account: int | None = None) -> bool:
    """Send a new code, which replaces earlier ones requested from the same address: strangers' requests do
    not replace the owner's (ACC-18).  Return False over the limit, which callers must not reveal.

    :param device_account: the account that proved its number on the requesting device before.
    :raises Invalid: when it is not a mobile number.
    """
    number = _canonical(phone)
    index, address = keys().index(number), _address(source)
    lock("sms", f"sms:{index}", f"sms:{address}")
    owner = account_of_phone(number)
    is_owner = _proved_from(owner, source) or (owner is not None and owner == device_account)
    if current_app.config["KEPAN"].rate_limits and (
        _is_ceiling_reached(has_account=owner is not None) or _too_many(index, address, is_owner=is_owner)
    ):
        log.warning("sms_code_limited", purpose=purpose)
        return False
    code, text, expires_at = _new_code(index, address, purpose)
    outbox.queue("sms", number, text, purpose=N_("Code by SMS"), not_after=expires_at)
    _show(mask_phone(number), code)
    return True


def _new_code(index: str, address: str, purpose: str) -> tuple[str, str, datetime]:
    """Return a new code, the text that tells it, and until when it is good."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    now = clock.now()
    db.session.add(
        SmsCode(
            phone_index=index,
            address_index=address,
            purpose=purpose,
            code_hash=_hash(index, purpose, code),
            tries=0,
            created_at=now,
            expires_at=now + VALID,
        )
    )
    minutes = int(VALID.total_seconds()) // 60
    text = gettext(
        "Your code is %(code)s, valid for %(n)s minutes. Do not tell it to anybody.", code=code, n=minutes
    )
    return code, text, now + VALID


@transactional
def send_email_code(email: str, *, source: str = "") -> bool:
    """Send a code to an e-mail address that its person wants to confirm, within the limits of numbers.
    Return False over the limit (OFF-10).
    """
    index, address = _index_of_email(email), _address(source)
    lock("sms", f"sms:{index}", f"sms:{address}")
    if current_app.config["KEPAN"].rate_limits and _too_many(index, address, is_owner=False):
        log.warning("sms_code_limited", purpose="email")
        return False
    code, text, expires_at = _new_code(index, address, "email")
    subject = gettext("Your code for Kepan")
    outbox.queue("email", email, text, subject=subject, purpose=N_("Code by e-mail"), not_after=expires_at)
    _show(outbox.mask_recipient("email", email), code)
    return True


def check_email_code(email: str, code: str, *, source: str = "") -> bool:
    """Return True when it is a valid code of the address, and use it up, as :func:`check_code` does."""
    if is_within_operation():
        message = "a code is checked before the operation, not within"
        raise RuntimeError(message)
    return _try(_index_of_email(email), "".join(fold(code).split()), "email", _address(source))


def _index_of_email(email: str) -> str:
    return keys().index(f"email:{email.casefold()}")


def _canonical(phone: str) -> str:
    """Return the canonical mobile number: text messages do not reach landlines (CH-34)."""
    try:
        return canonical_mobile(phone)
    except ValueError:
        raise Invalid(phone=NO_MOBILE) from None


def _address(source: str) -> str:
    return keys().index(f"address:{network_of(source)}")


def _hash(index: str, purpose: str, code: str) -> str:
    return keys().index(f"sms-code:{purpose}:{index}:{code}")


def _proved_from(account_id: int | None, source: str) -> bool:
    """Return True if a session that began with the account's number came from this network.  The query is
    the same without an account.
    """
    came_from = (
        select(LoginSession.source)
        .where(LoginSession.account_id == (account_id or 0), LoginSession.by_phone.is_(True))
        .order_by(LoginSession.seen_at.desc())
        .limit(_MAX_NETWORKS)
    )
    return network_of(source) in {network_of(one) for one in db.session.scalars(came_from) if one}


def _is_ceiling_reached(*, has_account: bool) -> bool:
    """Return True when the whole installation has sent as many codes as it may, apart from the reserve."""
    most = SMS_CODES_AN_HOUR.get()
    sent = select(func.count()).where(SmsCode.created_at > clock.now() - timedelta(hours=1))
    if (db.session.scalar(sent) or 0) < (most if has_account else most - most // RESERVE):
        return False
    log.error("sms_code_ceiling", most=most, has_account=has_account)
    return True


def _too_many(index: str, address: str, *, is_owner: bool) -> bool:
    """Return True over the limit of the number or of the address; keyed hashes are counted."""
    now = clock.now()
    own = and_(SmsCode.phone_index == index, SmsCode.address_index == address)
    limits = [(own, *limit) for limit in PER_PHONE]
    limits += [] if is_owner else [(SmsCode.phone_index == index, *limit) for limit in PER_PHONE_IN_ALL]
    limits += [(SmsCode.address_index == address, *limit) for limit in PER_ADDRESS]
    counts = [
        func.count().filter(whose, SmsCode.created_at > now - span).label(f"n{place}")
        for place, (whose, span, _most) in enumerate(limits)
    ]
    recent = or_(SmsCode.phone_index == index, SmsCode.address_index == address)
    row = db.session.execute(select(*counts).where(recent, SmsCode.created_at > now - RETENTION)).one()
    return any(number >= most for number, (_whose, _span, most) in zip(row, limits, strict=True))


def _show(masked: str, code: str) -> None:
    """Log the code for developers without a provider; never in production (``config.py``)."""
    settings = current_app.config["KEPAN"]
    if settings.show_codes and not settings.sms_url:
        log.info("sms_code_for_development", phone=masked, code=code)


def check_code(phone: str, code: str, purpose: str, *, source: str = "") -> bool:
    """Return True when it is a valid code of the number for the purpose, and use it up; a wrong try counts.

    Tries from the address that requested a code and those from elsewhere are counted separately: a stranger's
    tries do not use up the owner's (ACC-18).

    It has a transaction of its own, so that the count remains after a refusal: call it before the operation.
    """
    if is_within_operation():
        message = "a code is checked before the operation, not within"
        raise RuntimeError(message)
    try:
        index = keys().index(canonical_phone(phone))
    except ValueError:
        return False
    return _try(index, "".join(fold(code).split()), purpose, _address(source or _present_address()))


def _present_address() -> str:
    return (request.remote_addr or "") if has_request_context() else ""


@transactional
def _try(index: str, code: str, purpose: str, address: str) -> bool:
    """Count the try on the latest code of each address; return True when it matches one of them."""
    of_number = and_(SmsCode.phone_index == index, SmsCode.purpose == purpose)
    latest = select(func.max(SmsCode.id)).where(of_number).group_by(SmsCode.address_index)
    own = SmsCode.address_index == address
    tries = case((own, SmsCode.tries), else_=SmsCode.foreign_tries)
    counted = (
        update(SmsCode)
        .where(
            SmsCode.id.in_(latest),
            SmsCode.used_at.is_(None),
            SmsCode.expires_at > clock.now(),
            tries < TRIES,
        )
        .values(
            tries=SmsCode.tries + case((own, 1), else_=0),
            foreign_tries=SmsCode.foreign_tries + case((own, 0), else_=1),
        )
        .returning(SmsCode.id, SmsCode.code_hash)
        .execution_options(synchronize_session=False)
    )
    wanted = _hash(index, purpose, code)
    right = [pk for pk, kept in db.session.execute(counted).all() if compare_digest(kept, wanted)]
    if not right:
        note_failed_sign_in("sms")
        return False
    db.session.execute(
        update(SmsCode).where(of_number, SmsCode.used_at.is_(None)).values(used_at=clock.now())
    )
    return True


def sign_in_by_code(phone: str, code: str) -> Account | None:
    """Return the open account of a phone number proved by a code; None for a wrong code or a closed account
    (CH-3).

    For an account with a second factor this is not a complete sign-in, as with a password. Wrong passwords do
    not block this way (ACC-18).

    :raises Denied: ``account.none`` with a ticket for the registration, where no account has the number
    (CH-31).
    """
    if not check_code(phone, code, "login"):
        return None
    number = canonical_phone(phone)
    found = account_of_phone(number)
    if found is None:
        unknown_number(number).enforce()
    user = db.session.get(Account, found)
    if user is None or not user.active:
        return None
    if not user.has_second_factor:
        note_success(user.id)
    return user


@transactional
def delete_old_codes(*, dry_run: bool = False) -> int:
    """Delete codes that are expired and no longer counted.  Return the number of deleted rows."""
    old = SmsCode.created_at < clock.now() - RETENTION
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(SmsCode).where(old)) or 0
    return len(db.session.scalars(delete(SmsCode).where(old).returning(SmsCode.id)).all())
