"""The button that sends a code: part of its form, so that it works without a script."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from flask import request, session

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.fields.forms import required
from app.kernel.fields.phones import canonical_phone, mask_phone
from app.org.sessions.credentials import number_of
from app.org.sessions.present_factor import SMS_PURPOSE, present_factor
from app.org.sessions.sms_codes import PER_PHONE, VALID, send_sms_code
from app.org.sessions.web_session import device_account
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.fields.forms import BaseForm


BUTTON, PRESENT_BUTTON = "send_code", "send_present_code"
_ASKED = {BUTTON: "code_asked", PRESENT_BUTTON: "present_code_asked"}
_WAIT = int(PER_PHONE[0][0].total_seconds())  # seconds until another code can be sent to the number


def sms_button(form: BaseForm, purpose: str) -> dict[str, Any]:
    """Send a code if its button was pressed.

    Return what the page shows; ``only_show`` says that the button was pressed, and the rest of the form is
    not complete yet. The page does not say whether a code was sent, nor whether the number has an account
    (CH-3).
    """
    pressed = _is_pressed(BUTTON)
    sent_to = ""
    if pressed and form.phone.validate(form):
        try:
            sent_to = _send(BUTTON, form.phone.data, purpose)
        except Invalid as error:
            form.add_errors(error.fields)
    return {"only_show": pressed, "code": _shown(BUTTON, sent_to)}


def present_code_button(number: str) -> dict[str, Any]:
    """Send a code to the person's present number if the button beside it was pressed: it proves them before
    a change of their sign-in (ACC-18).  Return the same as :func:`sms_button`.
    """
    pressed = _is_pressed(PRESENT_BUTTON)
    sent_to = _send(PRESENT_BUTTON, number, SMS_PURPOSE) if pressed else ""
    return {"only_show": pressed, "code": _shown(PRESENT_BUTTON, sent_to)}


def proof_of_person(form: BaseForm, actor: Actor) -> dict[str, Any]:
    """Keep that field of the present factor that the account wants, and send its code if asked to (ACC-18).

    That field is required.  Return ``only_show``, and in ``more`` what the page shows: ``factor``, and the
    button of a code by SMS.
    """
    factor = present_factor(db.session.get_one(Account, actor.id))
    if "present_password" in form:
        kept, other = "present_password", "present_code"
        if factor != "password":
            kept, other = other, kept
        del form[other]
        form[kept].validators = required(*form[kept].validators[1:])  # in place of optional()
        form[kept].flags.required = True
    if factor != "sms":
        return {"only_show": False, "more": {"factor": factor, "present_code": None}}
    step = present_code_button(number_of(actor.id))
    return {"only_show": step["only_show"], "more": {"factor": factor, "present_code": step["code"]}}


def _is_pressed(button: str) -> bool:
    return request.method == "POST" and button in request.form


def _send(button: str, phone: str, purpose: str) -> str:
    """Send a code; return the masked number."""
    send_sms_code(
        phone=phone, purpose=purpose, source=request.remote_addr or "", device_account=device_account()
    )
    session[_ASKED[button]] = clock.now().timestamp()
    return mask_phone(canonical_phone(phone))


def _shown(button: str, sent_to: str) -> dict[str, Any]:
    return {
        "button": button,
        "sent_to": sent_to,
        "wait": _WAIT if sent_to else _left(button),
        "minutes": int(VALID.total_seconds()) // 60,
    }


def _left(button: str) -> int:
    """Return the seconds until this phone may send another code; refused presses do not count."""
    return max(0, ceil(session.get(_ASKED[button], 0) + _WAIT - clock.now().timestamp()))
