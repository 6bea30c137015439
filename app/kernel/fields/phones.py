"""Phone numbers: parsed, checked, stored and shown in this one module (ACC-9, ACC-11).

A stored number is a :class:`PhoneNumber`: ciphertext, blind index for exact look-up, masked form and the
last four digits for search.  The full number exists only in memory and leaves through *reveal*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import phonenumbers
from flask_babel import lazy_gettext as _
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from wtforms.validators import ValidationError

from app.kernel.errors import Invalid
from app.kernel.keys import Encrypted, keys
from app.kernel.text import fold

if TYPE_CHECKING:
    from sqlalchemy.orm import MappedColumn


MOBILE = re.compile(r"1[3-9][0-9]{9}")
MASKED_MOBILE = re.compile(r"1[3-9][0-9]\*{4}[0-9]{4}")
_BLANKS = re.compile(r"[\s\-‐-―－()（）.·]+")
NO_NUMBER = _("Not a valid phone number")
NO_MOBILE = _("Not a valid mobile number")
_TAIL = 4
_LEAST_HIDDEN = 3  # digits of a short foreign number
_HIDDEN = "****"


@dataclass(frozen=True)
class PhoneNumber:
    """A stored number.  Equality is equality of the blind index."""

    cipher: str | None
    index: str | None
    masked: str | None
    last4: str | None

    def __bool__(self) -> bool:
        return bool(self.index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhoneNumber) and self.index == other.index

    def __hash__(self) -> int:
        return hash(self.index)

    def __composite_values__(self) -> tuple[str | None, str | None, str | None, str | None]:
        return self.cipher, self.index, self.masked, self.last4

    def __str__(self) -> str:
        return self.masked or ""

    def __repr__(self) -> str:
        return f"<PhoneNumber {self.masked}>"

    def reveal(self) -> str:
        """Return the full number.  Only the reveal services call this (ACC-10)."""
        return keys().fernet.decrypt((self.cipher or "").encode()).decode()

    @classmethod
    def seal(cls, canonical: str) -> PhoneNumber:
        """Encrypt a number that :func:`canonical_phone` returned."""
        return cls(
            cipher=keys().fernet.encrypt(canonical.encode()).decode(),
            index=keys().index(canonical),
            masked=mask_phone(canonical),
            last4=canonical[-_TAIL:],
        )


def phone_columns(
    name: str = "phone",
) -> tuple[MappedColumn[str], MappedColumn[str], MappedColumn[str], MappedColumn[str]]:
    """Return the four columns of a ``PhoneNumber`` composite: cipher, index, masked, last four.  ``name``
    begins their names.
    """
    return (
        mapped_column(f"{name}_cipher", Encrypted(), nullable=True),
        mapped_column(f"{name}_index", String(32), nullable=True),
        mapped_column(f"{name}_masked", String(32), nullable=True),
        mapped_column(f"{name}_last4", String(4), nullable=True),
    )


def canonical_phone(text: str) -> str:
    """Return the one written form of a number: 11 digits of a Chinese mobile, ``0``-led digits of a landline,
    ``+`` and digits for other countries.

    :raises ValueError: when it is not a valid number.
    """
    raw = _BLANKS.sub("", fold(text))
    if raw.startswith("00"):
        raw = "+" + raw[2:]
    digits = raw.removeprefix("+86")
    if MOBILE.fullmatch(digits):
        return digits
    if not re.fullmatch(r"\+?[0-9]{7,15}", raw):
        raise ValueError(text)
    try:
        number = phonenumbers.parse(raw, "CN")
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    if number.country_code != 86:  # noqa: PLR2004 - China's country code
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(c for c in written if c.isdigit())  # with the 0 of an area code, and with none before 400


def canonical_mobile(text: str) -> str:
    """Return the same for a Chinese mobile only, which text messages reach.

    :raises ValueError: when it is not a mobile number.
    """
    number = canonical_phone(text)
    if not MOBILE.fullmatch(number):
        raise ValueError(text)
    return number


def read_phone(text: str, field: str = "phone") -> PhoneNumber:
    """Normalise, validate and encrypt a typed number.

    :raises Invalid: when it is not a phone number.
    """
    try:
        return PhoneNumber.seal(canonical_phone(text))
    except ValueError:
        raise Invalid(**{field: NO_NUMBER}) from None


def check_phone(_form: Any, field: Any) -> None:
    """Validate a form field, so that a wrong number is reported together with the other fields."""
    try:
        canonical_phone(field.data)
    except ValueError:
        raise ValidationError(str(NO_NUMBER)) from None


def phone_index(text: str) -> str | None:
    """Return the blind index of a typed number, or None when it is not a number (exact look-up)."""
    try:
        return keys().index(canonical_phone(text))
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Return True if the text is a whole phone number."""
    try:
        return bool(canonical_phone(text))
    except ValueError:
        return False


def masked_phone(text: str) -> str:
    """Return a business number masked, where only its last digits should show; other text hides wholly."""
    try:
        return mask_phone(canonical_phone(text))
    except ValueError:
        return ""


def mask_phone(canonical: str) -> str:
    """Return ``138****1234``; a landline keeps its area code, a foreign number its country code."""
    if MOBILE.fullmatch(canonical):
        return f"{canonical[:3]}{_HIDDEN}{canonical[-_TAIL:]}"
    if canonical.startswith("+"):
        head = len(str(phonenumbers.parse(canonical).country_code)) + 1
        tail = min(_TAIL, max(len(canonical) - head - _LEAST_HIDDEN, 0))
        return f"{canonical[:head]}{_HIDDEN}{canonical[len(canonical) - tail :]}"
    head = 3 if canonical.startswith(("01", "02")) else 4
    return f"{canonical[:head]}{_HIDDEN}{canonical[-_TAIL:]}"


def phone_part(text: str) -> str:
    """Return a typed number or part of one in the stored form for a search: without blanks, dashes, brackets
    and China's country code.  Other characters stay, so that a text that is not a number matches none.
    """
    raw = _BLANKS.sub("", fold(text))
    return re.sub(r"^(?:\+|00)86(?=.)", "", raw)
