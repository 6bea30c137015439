"""Sessions and what ends them: the account's epoch, idleness, age (ACC-12).

The session is a signed cookie; when it began and when it was last used stand in it, so that checking costs
no statement and reading a page writes nothing.  What somebody has to do before anything else, such as
changing a first password, is found out here as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import flash, g, request, session
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_user
from sqlalchemy import bindparam, select

from app.kernel import clock
from app.kernel.access.current import Duty, set_actor, set_duty
from app.kernel.database.cache import OrgVersion, remember_version
from app.kernel.database.session import db
from app.kernel.errors import forbidden
from app.kernel.pages.requests import request_id
from app.org.sessions.actors import actor_of
from app.org.sessions.policies import requires_second_factor
from app.org.sessions.settings import SESSION_HOURS, SESSION_IDLE_MINUTES, TOTP_ROLES, parse_roles
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


_BEGAN, _SEEN, _STEP, _BY_PHONE = "began", "seen", "second_factor", "by_phone"
_NOBODY = (0, 0, 0, False)
SEEN_SECONDS = 30  # the cookie notes use no more often
_ID = re.compile(r"[0-9]{1,10}")
_VERSION = select(OrgVersion.value).where(OrgVersion.id == 1).scalar_subquery()
_ACCOUNT = select(Account, _VERSION).where(Account.id == bindparam("account_id"))
STEP_SECONDS = 10 * 60  # how long the second step may follow the password

CHANGE_PASSWORD = Duty(
    forbidden("auth.password_change_required", _("Please change your first password")), "AccountView.password"
)
SET_UP_SECOND_FACTOR = Duty(
    forbidden("auth.second_factor_required", _("Your role needs a second factor; please set it up")),
    "AccountView.second_factor",
)


def load_by_session(pk: str) -> Account | None:
    """The account of the session's ``id:epoch``, unless something ended the session."""
    user_id, _separator, epoch = str(pk).partition(":")
    if not all(_ID.fullmatch(part) for part in (user_id, epoch)):
        return None
    user = load_account(int(user_id), int(epoch), by_phone=session.get(_BY_PHONE, False))
    if user is None or _is_alive():
        return user
    g.pop("kepan_actor", None)
    set_duty(None)
    _forget()
    flash(gettext("You were signed out, as a long time had passed. Please sign in again."), "warning")
    return None


def load_account(user_id: int, epoch: int, *, by_phone: bool = False) -> Account | None:
    """The account if it is open and the epoch still its own; sets actor and duty.  One statement.

    ``by_phone``: the person proved a number and used no password, so that none has to be changed.
    """
    row = db.session.execute(_ACCOUNT, {"account_id": user_id}).one_or_none()
    if row is None:
        return None
    user: Account = row[0]
    if not user.active or user.session_epoch != epoch:
        return None
    remember_version(row[1] or 0)
    actor = actor_of(user, row[1] or 0, source=request.remote_addr or "", request_id=request_id())
    set_actor(actor)
    set_duty(_duty_of(user, actor, by_phone=by_phone))
    return user


def _duty_of(user: Account, actor: Actor, *, by_phone: bool) -> Duty | None:
    if user.must_change_password and not by_phone:
        return CHANGE_PASSWORD
    if not user.has_second_factor and requires_second_factor(actor, parse_roles(TOTP_ROLES.get())):
        return SET_UP_SECOND_FACTOR
    return None


def _is_alive() -> bool:
    """True within both lifetimes; notes the use.  A session without times begins now."""
    now = _now()
    began, seen = session.get(_BEGAN, now), session.get(_SEEN, now)
    if now - began > SESSION_HOURS.get() * 3600 or now - seen > SESSION_IDLE_MINUTES.get() * 60:
        return False
    session.setdefault(_BEGAN, began)
    if _SEEN not in session or now - seen >= SEEN_SECONDS:
        session[_SEEN] = now
    return True


def start_session(user: Account, *, by_phone: bool = False) -> None:
    """Sign in: a new session that keeps nothing of the earlier one but the language."""
    _forget()
    session.permanent = True
    if by_phone:
        session[_BY_PHONE] = True
    session[_BEGAN] = session[_SEEN] = _now()
    login_user(user)


def keep_signed_in(user: Account) -> None:
    """Let this session live on after the account's epoch was raised."""
    login_user(user)


def await_second_step(user: Account, *, by_phone: bool = False) -> None:
    """Password or number was right; the session remembers for a while who has to give a code yet."""
    _forget()
    session[_STEP] = [user.id, user.session_epoch, _now(), by_phone]


def second_step_account() -> Account | None:
    """Who has to give a code yet, while there is time."""
    user_id, epoch, moment, _by_phone = session.get(_STEP) or _NOBODY
    if not user_id or _now() - moment > STEP_SECONDS:
        return None
    user = db.session.get(Account, user_id)
    if user is None or not user.active or user.session_epoch != epoch or not user.has_second_factor:
        return None
    return user


def second_step_by_phone() -> bool:
    """Whoever has to give a code yet proved a number before, and used no password."""
    return bool((session.get(_STEP) or _NOBODY)[3])


def _forget() -> None:
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


def _now() -> int:
    return int(clock.now().timestamp())
