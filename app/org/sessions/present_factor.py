"""The present factor, asked for before people change a credential of their own (ACC-18).

It is the password where the account has one, else a code of the second factor, else a code by SMS to the
present number.  Wrong tries are counted as at sign-in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.database.transactions import is_within_operation
from app.kernel.errors import Invalid, conflict
from app.kernel.fields.forms import REQUIRED
from app.org.sessions.credentials import number_of
from app.org.sessions.signin import WRONG_CODE, check_own_password, check_second_factor
from app.org.sessions.sms_codes import check_code

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Account


WRONG_PASSWORD = _("The present password is wrong")
WRONG_SMS = _("This code is not right, or no longer good")
NO_PASSWORD = _("Your account has no password; an administrator can set one")
SMS_PURPOSE = "confirm"  # of a code that is sent to the present number


def present_factor(user: Account) -> str:
    """Return the way in which the person proves themselves: ``password``, ``otp`` or ``sms``; empty for an
    account without any.
    """
    if user.password:
        return "password"
    if user.has_second_factor:
        return "otp"
    return "sms" if number_of(user.id) else ""


def require_present_factor(
    user: Account,
    *,
    password: str | None,
    code: str | None,
    actor: Actor,
    field: str = "present_password",
) -> None:
    """Refuse a change of the person's own credential unless the present factor was given.

    It has a transaction of its own, so that a wrong try stays counted: call it before the operation.

    :raises Invalid: under ``field`` or ``present_code``, when the factor is missing or wrong.
    :raises Denied: ``account.no_factor`` for an account without any.
    """
    if is_within_operation():
        message = "the present factor is asked for before the operation, not within"
        raise RuntimeError(message)
    kind = present_factor(user)
    if kind == "password":
        if not password:
            raise Invalid(**{field: REQUIRED})
        if not check_own_password(user, password, source=actor.source):
            raise Invalid(**{field: WRONG_PASSWORD})
        return
    if not kind:
        conflict("account.no_factor", NO_PASSWORD).enforce()
    if not code:
        raise Invalid(present_code=REQUIRED)
    if kind == "otp" and not check_second_factor(user, code, source=actor.source):
        raise Invalid(present_code=WRONG_CODE)
    if kind == "sms" and not check_code(number_of(user.id), code, SMS_PURPOSE, source=actor.source):
        raise Invalid(present_code=WRONG_SMS)
