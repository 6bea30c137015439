"""Sign-in: one response in the same time for every failure, lock-out after repeated ones (ACC-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import select, update

from app.audit import services as audit
from app.kernel import clock
from app.kernel.access.actor import Actor
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.fields.phones import canonical_mobile
from app.kernel.text import fold
from app.kernel.translation import N_
from app.org.sessions.access_events import note_failed_sign_in
from app.org.sessions.credentials import account_of_phone
from app.org.sessions.passwords import hash_password, is_outdated, verify_password
from app.org.sessions.second_factor import use_code
from app.org.sessions.settings import LOCKOUT_FAILURES, LOCKOUT_MINUTES
from app.org.shared.models import Account

if TYPE_CHECKING:
    from datetime import datetime


WRONG = _("The user name or the password is wrong, or the account is locked")
WRONG_SMS_CODE = _("The code is wrong or too old, or nobody is registered with this number")
WRONG_CODE = _("The code is wrong, too old or was used before, or the account is locked")


def check_credentials(username: str, password: str, *, source: str = "") -> Account | None:
    """Return the account, or None for a wrong name, a wrong password, a closed or a locked account alike.

    ``username`` may be the proved phone number of a person who registered from outside: their user names are
    unguessable (ACC-18).

    No lock is held during the slow hashing of the password.  For an account with a second factor the password
    alone is no success: failures continue to count until a code was right too.
    """
    user = _find(fold(_plain(username)))
    db.session.commit()
    usable = user is not None and bool(user.active) and not is_locked(user)
    stored = user.password if user is not None and usable else None
    has_password = user is not None and bool(user.password)
    fake = current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
    right = verify_password(stored or fake, _plain(password)) and bool(stored)
    if user is None or not right:
        note_failed_sign_in("password", user.id if user is not None else None)
    if user is None or not usable:
        return None
    if not right:
        if has_password:
            _note_failure(user.id, source)
        return None
    if stored and is_outdated(stored):
        _renew_hash(user.id, stored, hash_password(_plain(password)))
    if not user.has_second_factor:
        note_success(user.id)
    return user


def _find(name: str) -> Account | None:
    """Return the account with this user name or else with this proved mobile number."""
    named = db.session.scalars(select(Account).where(Account.username == name)).one_or_none()
    if named is not None:
        return named
    try:
        owner = account_of_phone(canonical_mobile(name))
    except ValueError:
        return None
    return db.session.get(Account, owner) if owner is not None else None


def check_own_password(user: Account, password: str, *, source: str = "") -> bool:
    """Return True when the user typed their present password; failures are counted as at sign-in, and none
    where there is no password (ACC-18).

    It has a transaction of its own, so that the count remains when the operation is refused, and like sign-in
    it holds no lock while the password is hashed.
    """
    db.session.commit()
    if is_locked(user):
        return False
    right = verify_password(user.password or "", _plain(password))
    if not right and user.password:
        _note_failure(user.id, source)
    return right


def check_second_factor(user: Account, code: str, *, source: str = "") -> bool:
    """Return True when the code completes the sign-in.  Wrong codes are counted apart from wrong passwords,
    which anyone may type: only a person who passed the first factor can use up codes (ACC-18).
    """
    if not user.active or are_codes_locked(user):
        return False
    if not _take_code(user, code):
        note_failed_sign_in("code", user.id)
        _note_wrong_code(user.id, source)
        return False
    note_success(user.id)
    return True


def is_locked(user: Account) -> bool:
    """Return True while repeated failures block password sign-in; other ways stay open (ACC-18)."""
    return _is_ahead(user.locked_until)


def are_codes_locked(user: Account) -> bool:
    """Return True while repeated wrong codes block the second step."""
    return _is_ahead(user.codes_locked_until)


def _is_ahead(moment: datetime | None) -> bool:
    throttled: bool = current_app.config["KEPAN"].rate_limits
    return throttled and moment is not None and moment > clock.now()


def _plain(text: str) -> str:
    """Remove the characters that neither a hash nor a database accepts."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


@transactional
def _take_code(user: Account, code: str) -> bool:
    return use_code(user, code)


@transactional
def _renew_hash(user_id: int, stored: str, hashed: str) -> None:
    """Hash the same password with the present method; sessions stay.  A password changed meanwhile is
    kept.
    """
    same = Account.id == user_id, Account.password == stored
    db.session.execute(update(Account).where(*same).values(password=hashed))


@transactional
def note_success(user_id: int) -> None:
    """Reset the counted failures after a successful sign-in."""
    values = {
        "fail_login_count": 0,
        "locked_until": None,
        "code_failures": 0,
        "codes_locked_until": None,
        "last_login": clock.now().replace(tzinfo=None),
        "login_count": Account.login_count + 1,
    }
    db.session.execute(update(Account).where(Account.id == user_id).values(values))


@transactional
def _note_failure(user_id: int, source: str) -> None:
    """Count a failure; lock the account at the limit."""
    counted = (
        update(Account)
        .where(Account.id == user_id)
        .values(fail_login_count=Account.fail_login_count + 1)
        .returning(Account.fail_login_count)
    )
    failures = db.session.execute(counted).scalar_one()
    if failures % LOCKOUT_FAILURES.get() == 0:
        _lock(user_id, clock.now() + timedelta(minutes=LOCKOUT_MINUTES.get()), source)


@transactional
def _note_wrong_code(user_id: int, source: str) -> None:
    """Count a wrong code; at the limit block the second step for a while."""
    counted = (
        update(Account)
        .where(Account.id == user_id)
        .values(code_failures=Account.code_failures + 1)
        .returning(Account.code_failures)
    )
    if db.session.execute(counted).scalar_one() % LOCKOUT_FAILURES.get() == 0:
        user = db.session.get_one(Account, user_id)
        user.codes_locked_until = clock.now() + timedelta(minutes=LOCKOUT_MINUTES.get())
        audit.record(_actor_of_account(user, source), "account.locked", user, N_("Locked after wrong codes"))


def _lock(user_id: int, until: datetime, source: str) -> None:
    user = db.session.get_one(Account, user_id)
    user.locked_until = until
    message = N_("Account locked after repeated wrong passwords")
    audit.record(_actor_of_account(user, source), "account.locked", user, message)


def _actor_of_account(user: Account, source: str) -> Actor:
    return Actor(id=user.id, username=user.username, name=user.display_name, source=source)
