"""Rows of sessions (ACC-18): opening, using, listing and ending them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db, transaction_intent
from app.kernel.database.transactions import transactional
from app.kernel.errors import NotFound
from app.kernel.translation import N_
from app.org.sessions.settings import PHONE_DAYS, PHONE_IDLE_DAYS, SESSION_HOURS, SESSION_IDLE_MINUTES
from app.org.shared.models import Account, LoginSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flask import Flask

    from app.kernel.access.actor import Actor


log = structlog.get_logger("kepan.sessions")

SEEN_EVERY = timedelta(seconds=60)  # the minimum interval between two notes of a session's use
API_DAYS = 14  # as long as a refresh token
_KEPT = timedelta(days=30)  # an expired session, in the lists
_MAX_SHOWN = 200


@transactional
def open_session(
    user: Account, kind: str, *, by_phone: bool = False, source: str = "", browser: str = ""
) -> LoginSession:
    """Create a session of an account whose identity has been verified."""
    now = clock.now()
    made = LoginSession(
        key=secrets.token_hex(16),
        account_id=user.id,
        epoch=user.session_epoch,
        kind=kind,
        by_phone=by_phone,
        source=source[:64],
        browser=browser[:200],
        began_at=now,
        seen_at=now,
    )
    db.session.add(made)
    return made


def lifetimes(kind: str) -> tuple[timedelta, timedelta]:
    """Return the maximum idle time and the maximum age of a session of that kind (ACC-18)."""
    if kind == "phone":
        return timedelta(days=PHONE_IDLE_DAYS.get()), timedelta(days=PHONE_DAYS.get())
    if kind == "api":
        return timedelta(days=API_DAYS), timedelta(days=PHONE_DAYS.get())
    return timedelta(minutes=SESSION_IDLE_MINUTES.get()), timedelta(hours=SESSION_HOURS.get())


def is_over(kind: str, began_at: datetime, seen_at: datetime) -> bool:
    """Return True if the session was idle for too long, or is too old."""
    idle, whole = lifetimes(kind)
    now = clock.now()
    return now - seen_at > idle or now - began_at > whole


def note_seen(app: Flask, key: str, moment: datetime) -> None:
    """Record the use of a session after the response has been sent: it delays no request, and a failure loses
    only this record.
    """
    noted = update(LoginSession).where(LoginSession.key == key, LoginSession.seen_at < moment)
    with app.app_context(), transaction_intent(to_change=True):
        try:
            db.session.execute(noted.values(seen_at=moment))
            db.session.commit()
        except SQLAlchemyError as error:
            db.session.rollback()
            log.warning("session_not_noted", kind=type(error).__name__)


@transactional
def keep_session_open(key: str, user: Account) -> None:
    """Keep this session open after the account's epoch was raised: the others end."""
    db.session.execute(update(LoginSession).where(LoginSession.key == key).values(epoch=user.session_epoch))


@transactional
def end_session(key: str) -> None:
    """Sign out of one session: its cookie or tokens, including copies, become invalid."""
    ended = update(LoginSession).where(LoginSession.key == key, LoginSession.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=clock.now()))


def sessions_in_scope(actor: Actor) -> Select[LoginSession]:
    """Return the actor's own open sessions, those of all accounts for an administrator."""
    living = (
        select(LoginSession)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.ended_at.is_(None), LoginSession.epoch == Account.session_epoch)
    )
    return living if actor.is_admin else living.where(LoginSession.account_id == actor.id)


def open_sessions(actor: Actor, *, account_id: int | None = None) -> Sequence[LoginSession]:
    """Return the open sessions of an account, the latest used first; the actor's own by default."""
    wanted = LoginSession.account_id == (actor.id if account_id is None else account_id)
    rows = db.session.scalars(
        sessions_in_scope(actor).where(wanted).order_by(LoginSession.seen_at.desc()).limit(_MAX_SHOWN)
    )
    return [row for row in rows if not is_over(row.kind, row.began_at, row.seen_at)]


def every_session(actor: Actor) -> list[tuple[LoginSession, str]]:
    """Return the open sessions in scope with the account's name, the latest used first."""
    statement = sessions_in_scope(actor).add_columns(Account).order_by(LoginSession.seen_at.desc())
    rows = db.session.execute(statement.limit(_MAX_SHOWN)).all()
    return [
        (row, user.display_name) for row, user in rows if not is_over(row.kind, row.began_at, row.seen_at)
    ]


_BROWSERS = {
    "MicroMessenger": "WeChat", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome",
    "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac",
    "Linux": "Linux",
}  # fmt: skip


def browser_name(agent: str) -> str:
    """Return the common name of a browser from its user agent; an unknown user agent is returned
    unchanged.
    """
    found = [
        next((name for mark, name in known.items() if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found)) or agent[:40]


@transactional
def end_one(pk: int, *, actor: Actor) -> LoginSession:
    """End one of the actor's own sessions, or as an administrator any session.

    :raises NotFound: when there is no such session, or it is outside the actor's scope.
    """
    found = db.session.scalars(sessions_in_scope(actor).where(LoginSession.id == pk)).one_or_none()
    if found is None:
        raise NotFound
    found.ended_at = clock.now()
    user = db.session.get_one(Account, found.account_id)
    audit.record(actor, "account.session_ended", user, N_("A session was ended"))
    return found


@transactional
def rotate(key: str, before: str | None, after: str) -> bool:
    """Replace the refresh token that was used; return False when it is not the current one.

    The database decides: of two uses of one token only one succeeds.
    """
    changed = (
        update(LoginSession)
        .where(LoginSession.key == key, LoginSession.refresh_id == before, LoginSession.ended_at.is_(None))
        .values(refresh_id=after, seen_at=clock.now())
        .returning(LoginSession.id)
    )
    return db.session.execute(changed).one_or_none() is not None


@transactional
def end_all_after_reuse(account_id: int, *, actor: Actor) -> None:
    """End all sessions of the account, because a refresh token was used twice and so was copied (ACC-18)."""
    user = db.session.get_one(Account, account_id, with_for_update=True)
    user.sign_out_everywhere()
    audit.record(
        actor, "account.token_reused", user, N_("An old token was used again; signed out everywhere")
    )


@transactional
def forget_sessions(*, dry_run: bool = False) -> int:
    """Delete sessions unused for longer than the longest lifetime.  Return the number of deleted rows."""
    longest = max(timedelta(days=max(PHONE_IDLE_DAYS.get(), API_DAYS)), _KEPT)
    old = or_(
        LoginSession.seen_at < clock.now() - longest - _KEPT,
        LoginSession.ended_at < clock.now() - _KEPT,
    )
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(LoginSession).where(old)) or 0
    return len(db.session.scalars(delete(LoginSession).where(old).returning(LoginSession.id)).all())
