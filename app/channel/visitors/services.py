"""Registration and profile of walk-in visitors (CH-28)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.channel.shared.codes import new_token
from app.channel.shared.identity import name_key
from app.channel.shared.registration import (
    read_consent,
    read_mobile,
    read_nickname,
    read_person,
    read_picture,
)
from app.channel.shared.settings import VISITORS_REGISTER
from app.channel.visitors.models import Visitor
from app.channel.visitors.queries import visible_visitors
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.numbering import next_code
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import conflict
from app.kernel.fields.phones import PhoneNumber
from app.kernel.files.attachments import keep
from app.kernel.translation import N_
from app.org.accounts.services import create_account
from app.org.roles import names as role_names
from app.org.sessions.wechat import link

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.files.attachments import Upload
    from app.org.sessions.wechat_provider import Identity


CODE_PREFIX = "V"


@transactional
def register_visitor(
    *,
    phone: str,
    name: str,
    consent_version: str,
    nickname: str = "",
    avatar: Upload | None = None,
    wechat: Identity | None = None,
    actor: Actor,
) -> Visitor:
    """Register a visitor whose phone is already proved, and make their own QR (CH-28).

    The number is encrypted and never shown whole (ACC-9).

    :raises Invalid: for what cannot be accepted.
    :raises Denied: ``visitor.registration_closed``, ``visitor.phone_taken``.
    """
    values = _read_values(phone, name, consent_version, nickname)
    _check_may_register(values["phone"])
    code, shown, moment = next_code(CODE_PREFIX), values["name"], clock.now()
    user = create_account(username=None, name=shown, password=None, roles=[role_names.VISITOR], actor=actor)
    visitor = Visitor(
        **values, id=user.id, code=code, qr_token=new_token(), consent_at=moment, created_at=moment
    )
    db.session.add(visitor)
    db.session.flush()
    themselves = replace(actor, id=user.id, username=user.username, name=shown)
    audit.record(themselves, "visitor.register", visitor, N_("Visitor %(code)s registered"), code=code)
    if avatar is not None:
        _take_picture(avatar, visitor, themselves)
    if wechat is not None:
        link(user, wechat, source=actor.source)
    return visitor


def _read_values(phone: str, name: str, consent_version: str, nickname: str) -> dict[str, Any]:
    number, shown = PhoneNumber.seal(read_mobile(phone)), read_person(name)
    return {
        "phone": number,
        "name": shown,
        "name_key": name_key(shown),
        "consent_version": read_consent(consent_version),
        "nickname": read_nickname(nickname),
    }


def _check_may_register(number: PhoneNumber) -> None:
    """Refuse while registration is closed, and a number that a visitor has."""
    if not VISITORS_REGISTER.get():
        conflict("visitor.registration_closed", _("Registration is closed at present")).enforce()
    statement = select(Visitor.id).where(Visitor.__table__.c.phone_index == number.index)
    if db.session.scalar(scoped(statement)) is not None:
        phone_taken().enforce()


def _take_picture(avatar: Upload, visitor: Visitor, actor: Actor) -> None:
    read_picture(avatar)
    keep(avatar, visitor, actor)
    audit.record(actor, "visitor.avatar", visitor, N_("Picture changed"))


def get_visitor(pk: int, *, actor: Actor, lock: bool = False) -> Visitor:
    """Return a visitor: oneself, or for the office any.

    :raises NotFound: when out of reach.
    """
    return get_one(visible_visitors(actor).where(Visitor.id == pk), lock=lock)


@transactional
def edit_own_profile(*, nickname: str | None = None, avatar: Upload | None = None, actor: Actor) -> Visitor:
    """Change nickname and picture on the personal page (CH-28)."""
    visitor = get_visitor(actor.id, actor=actor, lock=True)
    if nickname is not None:
        called = read_nickname(nickname)
        changed = {"nickname": (visitor.nickname, called)}
        visitor.nickname = called
        audit.record(actor, "visitor.profile", visitor, N_("Profile changed"), changed)
    if avatar is not None:
        _take_picture(avatar, visitor, actor)
    return visitor


def phone_taken() -> Decision:
    """Refuse a phone that belongs to another account of this kind."""
    return conflict("visitor.phone_taken", _("A visitor is registered with this number"), field="phone")


def open_visitor(pk: int, actor: Actor) -> Visitor:
    """Return the visitor of a picture if the actor can open them."""
    return get_visitor(pk, actor=actor)
