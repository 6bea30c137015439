"""Text as people type it: full-width digits, invisible controls, stray blanks (ACC-11, PLAT-18)."""

from __future__ import annotations

import unicodedata

MAX_ID = 2**31 - 1
_ID_DIGITS = 10
_KEPT_CONTROLS = {"\n", "\t"}
# Zero-width joiner and non-joiner belong to emoji and some scripts, but never to names or numbers here.
# A character that these tables do not know or that is private use may be a rare one of a name: it is kept.
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs"}
_HIGHEST = 0xFFFE  # the last two code points of every plane are not characters
_NO_CHARACTERS = range(0xFDD0, 0xFDF0)


def strip_controls(value: str) -> str:
    """Drop zero-width, bidirectional and other control characters; keep line breaks and tabs."""
    if value.isprintable():  # most texts, ten times as fast
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in value if c in _KEPT_CONTROLS or unicodedata.category(c) not in _DROPPED_CATEGORIES
    )


def is_storable(value: str) -> bool:
    """Return False for text with lone surrogates, or with code points that are not characters in any version:
    they can be neither stored nor exported, and are refused instead of dropped (PLAT-18).
    """
    return value.isprintable() or not any(
        unicodedata.category(c) == "Cs" or ord(c) & 0xFFFF >= _HIGHEST or ord(c) in _NO_CHARACTERS
        for c in value
    )


def clean(value: str) -> str:
    """Return text for storage: controls dropped, outer blanks trimmed, otherwise as typed."""
    return strip_controls(value).strip()


def clean_line(value: str) -> str:
    """Return the same on one line: inner white space folded to single blanks."""
    return " ".join(strip_controls(value).split())


def fold(value: str) -> str:
    """Return compatibility-normalised text (full-width digits and letters become ordinary ones)."""
    return strip_controls(unicodedata.normalize("NFKC", value)).strip()


def read_code(value: str) -> str:
    """Return a record's code as typed for a search: capital letters, no blanks."""
    return "".join(fold(value).upper().split())


def read_id(value: str) -> int:
    """Parse a record's id as typed, sent in a query or posted by a form.

    :raises ValueError: when it cannot be an id.
    """
    text = fold(value)
    if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS and 0 < int(text) <= MAX_ID:
        return int(text)
    raise ValueError(value)
