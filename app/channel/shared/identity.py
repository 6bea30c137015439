"""How one customer is recognised: a normalised name and the known digits of a number (CH-8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import lazy_gettext as _

from app.kernel.errors import Invalid
from app.kernel.folding import search_key
from app.kernel.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Iterable


MAX_NAME = 60
MAX_PHONES = 2
_MOBILE_PREFIX = re.compile(r"1[3-9][0-9]")
_MAX_KEY = 240


def name_key(name: str) -> str:
    """Return the key by which names are compared: without width, case, blanks and name dots, and the same in
    every version of Python and of the database (CH-8).
    """
    return search_key(name)


def read_name(family_name: str, given_name: str) -> tuple[str, str, str]:
    """Return family name, given name and the key of both, as stored.

    :raises Invalid: for an empty or overlong part.
    """
    parts = {"family_name": clean_line(family_name), "given_name": clean_line(given_name)}
    for field, value in parts.items():
        if not name_key(value):
            raise Invalid(**{field: _("This field is required")})
        if len(value) > MAX_NAME:
            raise Invalid(**{field: _("At most %(n)s characters", n=MAX_NAME)})
    key = name_key("".join(parts.values()))
    if len(key) > _MAX_KEY:
        raise Invalid(family_name=_("Not an acceptable value"))
    return parts["family_name"], parts["given_name"], key


def read_fragments(phones: Iterable[tuple[str, str]]) -> tuple[Fragment, ...]:
    """Parse one or two numbers as first three and last four digits; duplicates count once (CH-7).

    :raises Invalid: under ``phones.0.prefix`` and so on.
    """
    found = []
    for place, (prefix, tail) in enumerate(phones):
        one = Fragment(*("".join(fold(part).split()) for part in (prefix, tail)))
        for part, value, digits in (("prefix", one.prefix, 3), ("tail", one.tail, 4)):
            if len(value) != digits or not (value.isascii() and value.isdigit()):
                raise Invalid(**{f"phones.{place}.{part}": _("%(n)s digits", n=digits)})
        if not _MOBILE_PREFIX.fullmatch(one.prefix):
            raise Invalid(**{f"phones.{place}.prefix": _("Not the beginning of a mobile number")})
        found.append(one)
    if not found:
        raise Invalid(phones=_("This field is required"))
    if len(found) > MAX_PHONES:
        raise Invalid(phones=_("At most two numbers"))
    return tuple(dict.fromkeys(found))


class Fragment(NamedTuple):
    """The known digits of a number: the first three and the last four."""

    prefix: str
    tail: str

    @property
    def key(self) -> str:
        """Return the seven digits by which identities are compared (CH-8)."""
        return self.prefix + self.tail

    @property
    def masked(self) -> str:
        """Return the masked number, as pages show it."""
        return f"{self.prefix}****{self.tail}"
