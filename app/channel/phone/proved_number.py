"""A number that proved its code at the sign-in, on its way into registration on the same phone (CH-31)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, session
from flask_babel import lazy_gettext as _

from app.channel.shared.registration import prove_phone, read_mobile
from app.kernel.errors import Invalid
from app.org.sessions.number_tickets import number_of, use_ticket

if TYPE_CHECKING:
    from app.kernel.fields.forms import BaseForm


_TICKET = "number_ticket"
OTHER = "other"  # in the address: another number is to be registered


def keep_ticket(ticket: str) -> None:
    """Remember the proof in the session; it is sealed and short-lived."""
    session[_TICKET] = ticket


def proved_number() -> str:
    """The number that was proved on this phone and has no account yet; nothing where there is none."""
    return "" if request.args.get(OTHER) else number_of(session.get(_TICKET, ""))


def fill_in(form: BaseForm, number: str) -> None:
    """The form asks for no code, and shows the number that is proved."""
    if not number:
        return
    del form.sms_code
    if request.method != "POST":
        form.phone.process_data(number)


def prove(values: dict[str, Any], number: str) -> None:
    """Take the code that was typed, or the proof from the sign-in; both are good once.

    :raises Invalid: where there is no good one.
    """
    if not number:
        prove_phone(values["phone"], values.pop("sms_code"), "register")
        return
    if read_mobile(values["phone"]) != number:
        raise Invalid(phone=_("Another number than the one that was proved"))
    try:
        use_ticket(session.pop(_TICKET, ""), number)
    except Invalid as error:
        raise Invalid(phone=error.fields["ticket"]) from None
