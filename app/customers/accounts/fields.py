"""The fields of a bank account, by their labels (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence

LABELS: Mapping[str, Sentence] = {
    "bank": _("Bank"),
    "bank_address": _("Address of the bank"),
    "bank_contact": _("Contact at the bank"),
    "bank_code": _("Bank code"),
    "number": _("Account number"),
    "payee": _("Payee"),
    "is_default": _("Default account"),
}
PLAIN = ("bank", "bank_address", "bank_contact", "bank_code", "payee")
# In the log of the customer, whose own fields have the plain names.
LOGGED: Mapping[str, Sentence] = {f"account_{name}": label for name, label in LABELS.items()}
