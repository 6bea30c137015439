"""Checks of a registration from outside (CH-3, CH-5, CH-28)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import lazy_gettext as _

from app.channel.shared.privacy_notice import NOTICE_VERSIONS
from app.kernel.access.actor import SYSTEM
from app.kernel.errors import Invalid
from app.kernel.fields.forms import REQUIRED
from app.kernel.fields.phones import NO_MOBILE, canonical_mobile
from app.kernel.text import clean_line
from app.org.sessions.number_tickets import use_ticket
from app.org.sessions.sms_codes import check_code
from app.org.sessions.wechat import read_ticket

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload
    from app.org.sessions.wechat_provider import Identity


WRONG_CODE = _("This code is not right, or no longer good")


def anonymous_actor() -> Actor:
    """Return an actor who is not signed in; the log says where the request came from."""
    return replace(SYSTEM, source=request.remote_addr or "")


def prove_phone(phone: str, code: str | None, purpose: str) -> None:
    """Use up the code that was sent to the number; call it before the operation.

    :raises Invalid: under ``sms_code``, when it is wrong or too old.
    """
    if not code or not check_code(phone, code, purpose):
        raise Invalid(sms_code=WRONG_CODE)


def prove_newcomer(values: dict[str, Any]) -> Identity | None:
    """Remove the proof of the number from the values of a registration, and check it: a code by SMS, the
    ticket of a sign-in (CH-31), or the number that WeChat has proved.

    Return the WeChat identity to link with the account.

    :raises Invalid: under ``sms_code``, ``ticket`` or ``wechat_ticket``.
    """
    code, ticket, wechat_ticket = (values.pop(name) for name in ("sms_code", "ticket", "wechat_ticket"))
    wechat = read_ticket(wechat_ticket) if wechat_ticket else None
    if wechat is not None and wechat.phone and read_mobile(values["phone"]) == wechat.phone:
        return wechat
    if ticket:
        use_ticket(ticket, values["phone"])
    elif code:
        prove_phone(values["phone"], code, "register")
    else:
        raise Invalid(sms_code=REQUIRED)
    return wechat


MAX_NAME = 60


def read_mobile(text: str) -> str:
    """Check a mobile number, eleven digits: a business number, stored whole (ACC-9).

    :raises Invalid: when it is none.
    """
    try:
        return canonical_mobile(text)
    except ValueError:
        raise Invalid(phone=NO_MOBILE) from None


def read_person(name: str) -> str:
    """Clean a person's name to one line.

    :raises Invalid: when it is empty or too long.
    """
    shown = clean_line(name)
    if not shown:
        raise Invalid(name=_("This field is required"))
    if len(shown) > MAX_NAME:
        raise Invalid(name=_("At most %(n)s characters", n=MAX_NAME))
    return shown


def read_nickname(text: str) -> str:
    """Clean a nickname to one line; it may be empty.

    :raises Invalid: when it is too long.
    """
    called = clean_line(text)
    if len(called) > MAX_NAME:
        raise Invalid(nickname=_("At most %(n)s characters", n=MAX_NAME))
    return called


def read_picture(avatar: Upload) -> None:
    """Refuse any file but a picture.

    :raises Invalid: for another file.
    """
    if avatar.thumbnail is None:
        raise Invalid(avatar=_("Pictures only"))


def read_consent(version: str) -> str:
    """Return the accepted version of the privacy notice (CH-3, PLAT-14).

    :raises Invalid: for one that never existed.
    """
    given = clean_line(version)
    if given not in NOTICE_VERSIONS:
        raise Invalid(consent_version=_("Please agree to the privacy notice"))
    return given
