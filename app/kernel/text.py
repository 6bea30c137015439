"""Text as people type it: full-width digits, invisible controls, stray blanks (ACC-11)."""

from __future__ import annotations

import unicodedata

MAX_ID = 2**31 - 1
_ID_DIGITS = 10
_KEPT_CONTROLS = {"\n", "\t"}
# Zero-width joiner and non-joiner belong to emoji and some scripts, but never to names or numbers here.
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def strip_controls(value: str) -> str:
    """Drop zero-width, bidirectional and other control characters; keep line breaks and tabs."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in value if c in _KEPT_CONTROLS or unicodedata.category(c) not in _DROPPED_CATEGORIES
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


def read_id(value: str) -> int:
    """A record's id as typed, sent in a query or posted by a form.

    :raises ValueError: when it cannot be one.
    """
    text = fold(value)
    if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS and 0 < int(text) <= MAX_ID:
        return int(text)
    raise ValueError(value)
