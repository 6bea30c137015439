"""Text as people type it: full-width digits, invisible controls, stray blanks (ACC-11, PLAT-18)."""

from __future__ import annotations

import unicodedata

MAX_ID = 2**31 - 1
_ID_DIGITS = 10
_KEPT_CONTROLS = {"\n", "\t"}
# Zero-width joiner and non-joiner belong to emoji and some scripts, but never to names or numbers here.
# What these tables do not know yet, or leave to private use, may be a rare character of a name: it is kept.
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs"}
_HIGHEST = 0xFFFE  # the last two of every plane are no characters
_NO_CHARACTERS = range(0xFDD0, 0xFDF0)


def strip_controls(value: str) -> str:
    """Drop zero-width, bidirectional and other control characters; keep line breaks and tabs."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in value if c in _KEPT_CONTROLS or unicodedata.category(c) not in _DROPPED_CATEGORIES
    )


def is_storable(value: str) -> bool:
    """False for text with halves of characters, or with code points that are none in any version: they
    can be neither stored nor exported, and are refused instead of dropped (PLAT-18).
    """
    return not any(
        unicodedata.category(c) == "Cs" or ord(c) & 0xFFFF >= _HIGHEST or ord(c) in _NO_CHARACTERS
        for c in value
    )


def clean(value: str) -> str:
    """Text for storage: controls dropped, outer blanks trimmed, otherwise as typed."""
    return strip_controls(value).strip()


def clean_line(value: str) -> str:
    """As :func:`clean`, on one line: inner white space folded to single blanks."""
    return " ".join(strip_controls(value).split())


def fold(value: str) -> str:
    """Compatibility-normalised text (full-width digits and letters become ordinary ones)."""
    return strip_controls(unicodedata.normalize("NFKC", value)).strip()


def read_code(value: str) -> str:
    """A record's code as typed for a search: capital letters, no blanks."""
    return "".join(fold(value).upper().split())


def read_id(value: str) -> int:
    """A record's id as typed, sent in a query or posted by a form.

    :raises ValueError: when it cannot be one.
    """
    text = fold(value)
    if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS and 0 < int(text) <= MAX_ID:
        return int(text)
    raise ValueError(value)
