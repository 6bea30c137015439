"""Sign-in by the mini-program (CH-3): a person's id there belongs to one account.

An unlinked id gets a ticket: a person who then proves a phone number, by a code or by the platform, sends it
with the registration or the sign-in, which links the id to that account.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cryptography.fernet import InvalidToken
from flask import current_app
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.access.actor import Actor
from app.kernel.database.session import db
from app.kernel.database.transactions import end_reading, transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.fields.phones import canonical_phone
from app.kernel.keys import keys
from app.kernel.translation import N_
from app.org.sessions.credentials import account_of_phone, credential_changed
from app.org.sessions.models import WechatLink
from app.org.sessions.signin import note_success
from app.org.sessions.wechat_provider import Identity, UnreachableError, mini_program
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.errors import Decision


log = structlog.get_logger("kepan.wechat")

TICKET_VALID = timedelta(minutes=10)
_PURPOSE = "wechat-ticket"


def identify_by_codes(code: str, phone_code: str = "") -> Identity:
    """Return the identity of the phone's holder, by the codes that the mini-program received.

    :raises WrongCodeError: for an invalid code.
    :raises Denied: ``wechat.not_configured``, ``wechat.unavailable``.
    """
    platform = mini_program(current_app.config["KEPAN"])
    if platform is None:
        conflict("wechat.not_configured", _("Signing in by WeChat is not set up here")).enforce()
        raise AssertionError
    end_reading()
    try:
        found = platform.exchange(code, phone_code)
    except UnreachableError as error:
        log.warning("wechat_unavailable", kind=error.kind)
        conflict("wechat.unavailable", _("WeChat does not answer at present; try again later")).enforce()
        raise AssertionError from None
    return Identity(found.openid, _canonical(found.phone))


def _canonical(phone: str) -> str:
    try:
        return canonical_phone(phone) if phone else ""
    except ValueError:
        return ""


def sign_in(identity: Identity, *, source: str = "") -> Account | None:
    """Return the open account linked to the id; a number that the platform proved finds it too, and links it.

    Return None for an unlinked id.  For an account with a second factor this is not a complete sign-in.

    Wrong passwords do not block this way (ACC-18).

    :raises Denied: ``wechat.account_closed`` for an account that was closed.
    """
    linked = select(WechatLink.account_id).where(WechatLink.openid_index == _index(identity.openid))
    found = db.session.scalar(linked)
    by_phone = account_of_phone(identity.phone) if found is None and identity.phone else None
    user = db.session.get(Account, found or by_phone) if found or by_phone else None
    if user is None:
        return None
    if not user.active:
        conflict("wechat.account_closed", _("This account is closed")).enforce()
    if not user.has_second_factor:
        if by_phone is not None:
            link(user, identity, source=source)
        note_success(user.id)
    return user


@transactional
def link(user: Account, identity: Identity, *, source: str = "") -> None:
    """Link the id to the account; an id linked before is unlinked, and the account's sessions end (ACC-18).

    :raises Denied: ``wechat.linked`` when the id belongs to another account.
    """
    index = _index(identity.openid)
    present = db.session.scalar(select(WechatLink).where(WechatLink.account_id == user.id))
    if present is not None and present.openid_index == index:
        return
    other = db.session.scalar(select(WechatLink.account_id).where(WechatLink.openid_index == index))
    if other is not None:
        account_linked().enforce()
    db.session.execute(delete(WechatLink).where(WechatLink.account_id == user.id))
    made = WechatLink(
        account_id=user.id,
        openid_cipher=keys().fernet.encrypt(identity.openid.encode()).decode(),
        openid_index=index,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    credential_changed(user, "wechat")
    actor = Actor(id=user.id, username=user.username, name=user.display_name, source=source)
    audit.record(actor, "account.wechat", user, N_("WeChat linked: it signs in to this account"))


def make_ticket(identity: Identity) -> str:
    """Return a ticket for an unlinked id, valid for ten minutes; its content is unreadable."""
    content = {"for": _PURPOSE, "openid": identity.openid, "phone": identity.phone}
    return keys().fernet.encrypt(json.dumps(content).encode()).decode()


def read_ticket(ticket: str) -> Identity:
    """Return the identity in the ticket.

    :raises Invalid: for an invalid or expired ticket.
    """
    try:
        raw = keys().fernet.decrypt(ticket.encode(), ttl=int(TICKET_VALID.total_seconds()))
        content = json.loads(raw)
    except (InvalidToken, UnicodeEncodeError, ValueError):
        content = {}
    if not isinstance(content, dict) or content.get("for") != _PURPOSE:
        raise Invalid(wechat_ticket=_("Sign in by WeChat once more: this took too long"))
    return Identity(content["openid"], content["phone"])


def _index(openid: str) -> str:
    return keys().index(f"wechat:{openid}")


def account_linked() -> Decision:
    """Refuse a second WeChat link to another account."""
    return conflict("wechat.linked", _("This WeChat belongs to another account"))
