"""The forms of bank accounts; the API reads its JSON through the same ones (CUST-12)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.customers.accounts.fields import LABELS
from app.kernel.fields.account_numbers import AccountNumberField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField

_SECTIONS = (
    ("", ("bank", "account_number", "payee", "is_default", "bank_code", "bank_address", "bank_contact")),
)


class AccountForm(BaseForm):
    """A bank account (CUST-12)."""

    bank = LineField(LABELS["bank"], required(at_most(120)))
    account_number = AccountNumberField(LABELS["number"], required())
    payee = LineField(LABELS["payee"], optional(at_most(120)), description=_("Who the money is paid to"))
    is_default = YesNoField(LABELS["is_default"])
    bank_code = LineField(LABELS["bank_code"], optional(at_most(40)))
    bank_address = LineField(LABELS["bank_address"], optional(at_most(200)))
    bank_contact = LineField(LABELS["bank_contact"], optional(at_most(60)))
    sections = _SECTIONS


class AccountPageForm(AccountForm):
    """An edit on the page, which does not show the present number: an empty field keeps it."""

    account_number = AccountNumberField(
        LABELS["number"], optional(), description=_("Left empty, the number stays")
    )

    def values(self) -> dict[str, Any]:
        """Return the values; the number only where one was typed."""
        found = super().values()
        return found if found["account_number"] else {k: v for k, v in found.items() if k != "account_number"}
