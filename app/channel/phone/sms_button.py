"""The button that sends a code: part of its form, so that it works without a script."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from flask import request, session

from app.kernel import clock
from app.kernel.errors import Invalid
from app.kernel.fields.phones import canonical_phone, mask_phone
from app.org.sessions.sms_codes import PER_PHONE, VALID, send_sms_code
from app.org.sessions.web_session import device_account

if TYPE_CHECKING:
    from app.kernel.fields.forms import BaseForm


BUTTON, _ASKED = "send_code", "code_asked"
_WAIT = int(PER_PHONE[0][0].total_seconds())  # seconds until another code can be sent to the number


def sms_button(form: BaseForm, purpose: str) -> dict[str, Any]:
    """Send a code if its button was pressed.

    Return what the page shows; ``only_show`` says that the button was pressed, and the rest of the form is
    not complete yet. The page does not say whether a code was sent, nor whether the number has an account
    (CH-3).
    """
    pressed = request.method == "POST" and BUTTON in request.form
    sent_to = ""
    if pressed and form.phone.validate(form):
        try:
            send_sms_code(
                phone=form.phone.data,
                purpose=purpose,
                source=request.remote_addr or "",
                device_account=device_account(),
            )
            sent_to = mask_phone(canonical_phone(form.phone.data))
            session[_ASKED] = clock.now().timestamp()
        except Invalid as error:
            form.add_errors(error.fields)
    return {
        "only_show": pressed,
        "code": {
            "button": BUTTON,
            "sent_to": sent_to,
            "wait": _WAIT if sent_to else _left(),
            "minutes": int(VALID.total_seconds()) // 60,
        },
    }


def _left() -> int:
    """Return the seconds until this phone may send another code; refused presses do not count."""
    return max(0, ceil(session.get(_ASKED, 0) + _WAIT - clock.now().timestamp()))
