"""Who is not signed in yet, and how a number is proved by a code (CH-3, CH-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import lazy_gettext as _

from app.channel.brokers import read_mobile
from app.kernel.access.actor import SYSTEM
from app.kernel.errors import Invalid
from app.kernel.fields.validators import REQUIRED
from app.org.sessions.sms_codes import check_code
from app.org.sessions.wechat import read_ticket

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.sessions.wechat_provider import Identity

WRONG_CODE = _("This code is not right, or no longer good")


def somebody() -> Actor:
    """Nobody is signed in yet; the log says from where it came."""
    return replace(SYSTEM, source=request.remote_addr or "")


def prove_phone(phone: str, code: str | None, purpose: str) -> None:
    """Take the code that was sent to the number; call it before the operation.

    :raises Invalid: under ``sms_code``, when it is wrong or too old.
    """
    if not code or not check_code(phone, code, purpose):
        raise Invalid(sms_code=WRONG_CODE)


def prove_newcomer(values: dict[str, Any]) -> Identity | None:
    """Take the proof out of what a newcomer gave: a code by SMS, or the number as WeChat has proved it.

    Answers whose WeChat the account is to be linked with.

    :raises Invalid: under ``sms_code`` or ``wechat_ticket``.
    """
    code, ticket = values.pop("sms_code"), values.pop("wechat_ticket")
    wechat = read_ticket(ticket) if ticket else None
    if wechat is None or not wechat.phone or read_mobile(values["phone"]) != wechat.phone:
        if not code:
            raise Invalid(sms_code=REQUIRED)
        prove_phone(values["phone"], code, "register")
    return wechat
