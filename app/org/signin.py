"""Signing in: one answer in the same time for every failure, lock-out after repeated ones (ACC-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select, update
from werkzeug.security import check_password_hash, generate_password_hash

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.db import db
from app.kernel.marks import N_
from app.kernel.transactions import transactional
from app.org.models import Account
from app.org.settings import LOCKOUT_FAILURES, LOCKOUT_MINUTES

if TYPE_CHECKING:
    from datetime import datetime

HASH_METHOD = "scrypt:32768:8:1"


def hash_password(password: str) -> str:
    """The stored form of a password."""
    return generate_password_hash(password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def check_credentials(username: str, password: str, *, source: str = "") -> Account | None:
    """The account, or None for a wrong name, a wrong password, a closed or a locked account alike.

    No lock is held while the password is hashed: it takes long on purpose.
    """
    user = db.session.scalars(select(Account).where(Account.username == username)).one_or_none()
    db.session.commit()
    usable = user is not None and bool(user.active) and not _locked(user)
    stored = user.password if user is not None and usable else None
    matches = check_password_hash(stored or current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"], password)
    if user is None or not usable:
        return None
    _note_attempt(user.id, success=matches and bool(stored), source=source)
    return user if matches and stored else None


def _locked(user: Account) -> bool:
    throttled: bool = current_app.config["KEPAN"].rate_limits
    return throttled and user.locked_until is not None and user.locked_until > clock.now()


@transactional
def _note_attempt(user_id: int, *, success: bool, source: str) -> None:
    """Count a success or a failure; the failure that reaches the limit locks the account."""
    if success:
        values = {
            "fail_login_count": 0,
            "locked_until": None,
            "last_login": clock.now().replace(tzinfo=None),
            "login_count": Account.login_count + 1,
        }
        db.session.execute(update(Account).where(Account.id == user_id).values(values))
        return
    counted = (
        update(Account)
        .where(Account.id == user_id)
        .values(fail_login_count=Account.fail_login_count + 1)
        .returning(Account.fail_login_count)
    )
    failures = db.session.execute(counted).scalar_one()
    if failures % LOCKOUT_FAILURES.get() == 0:
        _lock(user_id, clock.now() + timedelta(minutes=LOCKOUT_MINUTES.get()), source)


def _lock(user_id: int, until: datetime, source: str) -> None:
    user = db.session.get_one(Account, user_id)
    user.locked_until = until
    actor = Actor(id=user.id, username=user.username, name=user.display_name, source=source)
    audit.record(actor, "account.locked", user, N_("Account locked after repeated wrong passwords"))
