"""The numbers of accounts, and the consequences of a changed credential (ACC-18): all sessions end, and the
former number is notified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from app.kernel.database.session import db
from app.kernel.fields.phones import MOBILE
from app.kernel.translation import N_
from app.notices.outbox import delivery as outbox
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.org.shared.models import Account


CHANGES = {
    "password": N_("The password of your account was changed"),
    "second_factor": N_("The second factor of your account was changed"),
    "phone": N_("The phone number of your account was changed"),
    "wechat": N_("A WeChat was linked to your account"),
}
_finders: list[Callable[[int], str]] = []
_owners: list[Callable[[str], int | None]] = []


def register_account_numbers(find: Callable[[int], str]) -> None:
    """Register the source of account phones: ``find(account's id)`` returns a canonical number, or
    nothing.
    """
    _finders.append(find)


def register_phone_accounts(find: Callable[[str], int | None]) -> None:
    """Register the owners of proved phones: ``find(canonical number)`` returns an account's id."""
    _owners.append(find)


def account_of_phone(number: str) -> int | None:
    """Return the account with this proved number."""
    return next((pk for find in _owners if (pk := find(number)) is not None), None)


def number_of(account_id: int) -> str:
    """Return the mobile number for notices to the account's person; empty where there is none."""
    staff = db.session.get(Staff, account_id)
    found = staff.phone if staff is not None else ""
    found = found or next((number for find in _finders if (number := find(account_id))), "")
    return found if MOBILE.fullmatch(found) else ""


def credential_changed(user: Account, what: str, *, number: str | None = None) -> None:
    """End every session of the account, within the transaction of the change, and notify its number; the
    former number, if the number itself changed.  A person who changes their own credential keeps the present
    session afterwards (``web_session.keep_signed_in``).
    """
    user.sign_out_everywhere()
    recipient = number_of(user.id) if number is None else number
    if recipient:
        asking = gettext("If it was not you, tell the administrator at once.")
        # i18n: the sentences are marked above
        outbox.queue("sms", recipient, f"{gettext(CHANGES[what])} {asking}", purpose=N_("Change of sign-in"))
