"""Browser sessions and their ends: the account's epoch, signing out, idleness, age (ACC-12, ACC-18).

A session has a row, whose key is in the signed cookie; the statement that loads the account also reads it, so
that the check costs no statement of its own.  Its use is recorded after the response has been sent.  Pending
duties, such as changing a first password, are determined here as well.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import after_this_request, current_app, flash, g, request, session
from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_login import login_user
from sqlalchemy import bindparam, select

from app.kernel import clock
from app.kernel.access.current import Duty, set_actor, set_duty
from app.kernel.database.cache import OrgVersion, remember_version
from app.kernel.database.session import db
from app.kernel.errors import forbidden
from app.kernel.pages.live import ENDPOINT as LIVE
from app.kernel.pages.requests import request_id
from app.org.sessions.access_events import note_sign_in
from app.org.sessions.actors import actor_of
from app.org.sessions.login_sessions import (
    SEEN_EVERY,
    end_session,
    is_over,
    keep_session_open,
    note_seen,
    open_session,
)
from app.org.sessions.policies import requires_second_factor
from app.org.sessions.settings import TOTP_GRACE_DAYS, TOTP_ROLES, parse_roles
from app.org.shared.models import Account, LoginSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from app.kernel.access.actor import Actor


_KEY, _STEP = "key", "second_factor"
_PROVED = "proved_account"  # who proved a phone number on this device; kept after signing out
_KEPT = ("locale", _PROVED)
_NOBODY = (0, 0, 0, False)
# All that a session of the phone pages opens: these pages, and by method and endpoint what is beside them
# (ACC-18).  Pages without sign-in, such as the choice of the language, need not be here.
_PHONE_PAGES = "/m/"
PHONE_ENDPOINTS = frozenset({("GET", "OrgApi.me")})
_ID = re.compile(r"[0-9]{1,10}")
_VERSION = select(OrgVersion.value).where(OrgVersion.id == 1).scalar_subquery()
_ACCOUNT = (
    select(
        Account,
        _VERSION.label("version"),
        LoginSession.key,
        LoginSession.epoch,
        LoginSession.kind,
        LoginSession.by_phone,
        LoginSession.began_at,
        LoginSession.seen_at,
    )
    .join(LoginSession, LoginSession.account_id == Account.id)
    .where(
        Account.id == bindparam("account_id"),
        LoginSession.key == bindparam("key"),
        LoginSession.ended_at.is_(None),
    )
)
STEP_SECONDS = 10 * 60  # the maximum time between the password and the second step

CHANGE_PASSWORD = Duty(
    forbidden("auth.password_change_required", _("Please change your first password")), "AccountView.password"
)
SET_UP_SECOND_FACTOR = Duty(
    forbidden("auth.second_factor_required", _("Your role needs a second factor; please set it up")),
    "AccountView.second_factor",
)


def load_by_session(pk: str) -> Account | None:
    """Return the account of the session's ``id:epoch``, unless the session has ended."""
    user_id, _separator, epoch = str(pk).partition(":")
    key = session.get(_KEY)
    if not all(_ID.fullmatch(part) for part in (user_id, epoch)) or not isinstance(key, str):
        return None
    row = _read(int(user_id), int(epoch), key)
    if row is None:
        return None
    if is_over(row.kind, row.began_at, row.seen_at):
        set_duty(None)
        _forget()
        flash(gettext("You were signed out, as a long time had passed. Please sign in again."), "warning")
        return None
    if row.kind == "phone" and not _is_of_the_phone():
        return None
    return _enter(row)


def _is_of_the_phone() -> bool:
    method = "GET" if request.method == "HEAD" else request.method
    return request.path.startswith(_PHONE_PAGES) or (method, request.endpoint) in PHONE_ENDPOINTS


def load_account(user_id: int, key: str) -> Account | None:
    """Return the account of a token's session, if it is open; set actor and duty.

    The epoch of an issued token cannot change: the row's epoch counts.
    """
    row = _read(user_id, None, key)
    if row is None or is_over(row.kind, row.began_at, row.seen_at):
        return None
    return _enter(row)


def _read(user_id: int, epoch: int | None, key: str) -> Any:
    """Return the open session with its account, read in one statement."""
    row = db.session.execute(_ACCOUNT, {"account_id": user_id, "key": key}).one_or_none()
    if row is not None:
        remember_version(row.version or 0)
    if row is None or not row.Account.active or row.Account.session_epoch != row.epoch:
        return None
    return row if epoch in {None, row.epoch} else None


def _enter(row: Any) -> Account:
    user: Account = row.Account
    g.kepan_session = row.key
    actor = actor_of(user, row.version or 0, source=request.remote_addr or "", request_id=request_id())
    set_actor(actor)
    set_duty(_duty_of(user, actor, by_phone=row.by_phone))
    now = clock.now()
    is_used = request.endpoint != LIVE  # a page that only asks what is new is not somebody at work (ACC-18)
    if is_used and now - row.seen_at >= SEEN_EVERY and "kepan_session_noted" not in g:
        g.kepan_session_noted = True
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the way to it
        after_this_request(_noting(app, row.key, now))
    return user


def _noting(app: Flask, key: str, moment: datetime) -> Callable[[Response], Response]:
    def run(response: Response) -> Response:
        response.call_on_close(lambda: note_seen(app, key, moment))
        return response

    return run


def present_session() -> str:
    """Return the key of the current request's session; empty without one."""
    found: str = g.get("kepan_session", "")
    return found


def _duty_of(user: Account, actor: Actor, *, by_phone: bool) -> Duty | None:
    if user.must_change_password and not by_phone:
        return CHANGE_PASSWORD
    if (
        not user.has_second_factor
        and requires_second_factor(actor, parse_roles(TOTP_ROLES.get()))
        and second_factor_due(user) <= clock.now()
    ):
        return SET_UP_SECOND_FACTOR
    return None


def second_factor_due(user: Account) -> datetime:
    """Return when an account whose role needs a second factor must have set it up: immediately if the
    administrator named the roles; some days after its creation with the default roles (ACC-12).
    """
    made = user.created_on.replace(tzinfo=UTC) if user.created_on else datetime.min.replace(tzinfo=UTC)
    is_default = TOTP_ROLES.get() == TOTP_ROLES.default
    return made + timedelta(days=TOTP_GRACE_DAYS.get() if is_default else 0)


def start_session(user: Account, *, by_phone: bool = False, kind: str = "office") -> None:
    """Sign in: open a new session that keeps of the earlier one only what belongs to the device."""
    end_present_session()
    session.permanent = True
    made = open_session(user, kind, by_phone=by_phone, **request_origin())
    session[_KEY] = made.key
    login_user(user)
    if by_phone:
        session[_PROVED] = user.id
    note_sign_in(user.id, kind)
    due = second_factor_due(user)
    roles = {role.name for role in user.roles}
    if not user.has_second_factor and roles & parse_roles(TOTP_ROLES.get()) and due > clock.now():
        day = format_date(due)
        flash(gettext("Your role needs a second factor; please set it up before %(day)s", day=day), "warning")


def end_present_session() -> None:
    """Sign out: the session's row ends, so that a copy of the cookie is invalid; the language stays."""
    key = session.get(_KEY)
    if isinstance(key, str):
        end_session(key)
    _forget()


def keep_signed_in(user: Account) -> None:
    """Keep this session open after the account's epoch was raised."""
    keep_session_open(present_session(), user)
    if session.get(_KEY) == present_session():
        login_user(user)


def keep_own_session(pk: int, actor: Actor) -> None:
    """Keep this session open after a change of the account ``pk``, if it is the actor's own (ACC-18)."""
    if pk == actor.id:
        keep_signed_in(db.session.get_one(Account, pk))


def request_origin() -> dict[str, str]:
    """Return address and browser of the current request for a session's row."""
    return {"source": request.remote_addr or "", "browser": request.user_agent.string}


def await_second_step(user: Account, *, by_phone: bool = False) -> None:
    """Remember in the session, for a while, the account that passed the first factor and must enter a
    code.
    """
    _forget()
    session[_STEP] = [user.id, user.session_epoch, _now(), by_phone]


def second_step_account() -> Account | None:
    """Return the account that must enter a code, while there is time."""
    user_id, epoch, moment, _by_phone = session.get(_STEP) or _NOBODY
    if not user_id or _now() - moment > STEP_SECONDS:
        return None
    user = db.session.get(Account, user_id)
    if user is None or not user.active or user.session_epoch != epoch or not user.has_second_factor:
        return None
    return user


def second_step_by_phone() -> bool:
    """Return True if that account was identified by a phone number without a password."""
    return bool((session.get(_STEP) or _NOBODY)[3])


def device_account() -> int | None:
    """Return the account that last proved its phone number on this device, signed in or not (ACC-18)."""
    found: int | None = session.get(_PROVED)
    return found


def _forget() -> None:
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)


def _now() -> int:
    return int(clock.now().timestamp())
