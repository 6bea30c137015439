"""Numbers of bank accounts: checked, encrypted and masked in this one module (ACC-9, CUST-12).

As with phone numbers, the full number exists only in memory and leaves through *reveal* (ACC-10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from wtforms import StringField
from wtforms.validators import ValidationError

from app.kernel.fields.forms import at_most
from app.kernel.fields.texts import cleaned
from app.kernel.keys import Encrypted, keys
from app.kernel.text import fold

if TYPE_CHECKING:
    from sqlalchemy.orm import MappedColumn

    from app.kernel.errors import Sentence

_BLANKS = re.compile(r"[\s\-‐-―－.·]+")
_FORM = re.compile(r"[0-9A-Z]{6,34}")
_TAIL = 4
NO_ACCOUNT_NUMBER = _("Not an account number: 6 to 34 digits, in an IBAN letters too")


@dataclass(frozen=True)
class AccountNumber:
    """A stored account number.  Equality is equality of the blind index."""

    cipher: str | None
    index: str | None
    masked: str | None

    def __bool__(self) -> bool:
        return bool(self.index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccountNumber) and self.index == other.index

    def __hash__(self) -> int:
        return hash(self.index)

    def __composite_values__(self) -> tuple[str | None, str | None, str | None]:
        return self.cipher, self.index, self.masked

    def __str__(self) -> str:
        return self.masked or ""

    def __repr__(self) -> str:
        return f"<AccountNumber {self.masked}>"

    def reveal(self) -> str:
        """Return the full number.  Only the reveal services call this (ACC-10)."""
        return keys().fernet.decrypt((self.cipher or "").encode()).decode()


def account_number_columns() -> tuple[MappedColumn[str], MappedColumn[str], MappedColumn[str]]:
    """Return the three columns of an ``AccountNumber`` composite: cipher, index, masked."""
    return (
        mapped_column("number_cipher", Encrypted(), nullable=False),
        mapped_column("number_index", String(32), nullable=False),
        mapped_column("number_masked", String(40), nullable=False),
    )


def canonical_account_number(text: str) -> str:
    """Return the one written form of an account number: digits and capital letters.

    :raises ValueError: when it is none.
    """
    raw = _BLANKS.sub("", fold(text)).upper()
    if not _FORM.fullmatch(raw) or not any(one.isdigit() for one in raw):
        raise ValueError(text)
    return raw


def seal_account_number(text: str) -> AccountNumber:
    """Encrypt a typed account number.

    :raises ValueError: when it is none.
    """
    number = canonical_account_number(text)
    return AccountNumber(
        cipher=keys().fernet.encrypt(number.encode()).decode(),
        index=keys().index(number),
        masked=f"**** {number[-_TAIL:]}",
    )


def _check(_form: Any, field: Any) -> None:
    try:
        canonical_account_number(field.data)
    except ValueError:
        raise ValidationError(str(NO_ACCOUNT_NUMBER)) from None


class AccountNumberField(StringField):
    """An account number as typed; the service normalises and encrypts it."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        render = {"inputmode": "numeric", "autocomplete": "off", **kwargs.pop("render_kw", {})}
        limits = [*validators, at_most(60), _check]
        super().__init__(label, limits, filters=[cleaned(fold)], render_kw=render, **kwargs)
