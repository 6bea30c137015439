"""The number that a person proved at sign-in, kept on the same phone until they have registered with it
(CH-31).
"""

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
OTHER = "other"  # an argument of the address: the person wants to register another number


def keep_ticket(ticket: str) -> None:
    """Store the ticket in the session; it is encrypted and short-lived."""
    session[_TICKET] = ticket


def proved_number() -> str:
    """Return the number that was proved on this phone and has no account yet; empty where there is none."""
    return "" if request.args.get(OTHER) else number_of(session.get(_TICKET, ""))


def fill_in(form: BaseForm, number: str) -> None:
    """Show the proved number in the form, and remove its field for the code."""
    if not number:
        return
    del form.sms_code
    if request.method != "POST":
        form.phone.process_data(number)


def prove(values: dict[str, Any], number: str) -> None:
    """Accept the typed code, or the ticket from the sign-in; both work once.

    :raises Invalid: where neither is valid.
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
