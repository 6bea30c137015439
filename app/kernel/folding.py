"""Folding of text for comparison, by searches and by the keys of identities (PLAT-18, CH-8).

Stored keys must not change with the version of Python or of the database.  So the rule uses the character
tables of Unicode 3.2, which Python keeps beside the current ones: characters of that version have had the
same normal form and the same lower case ever since, and newer ones are left unchanged.
"""

from __future__ import annotations

import re
from itertools import groupby
from unicodedata import ucd_3_2_0

_BLANKS = "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x2010))
)
# Separators between the parts of a foreign name: middle dots, bullets and full stops of all widths.
# The last is what the normal form makes of the Hangul dot ㆍ.
_DOTS = "·•‧・･．.․∙⋅⸱⸳ꞏ᛫ㆍᐧ⦁𐄁\u119e"
# Invisible letters and marks, beside the control and format characters.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(
    map(chr, [*range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0)])
)
# Format characters of Unicode 3.2 and those added since that people paste along with text.
_FORMATS = "\u061c\u180e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\ufeff\ufff9\ufffa\ufffb"
LEFT_OUT = "".join(dict.fromkeys(_BLANKS + _DOTS + _UNSEEN + _FORMATS))
_GONE = dict.fromkeys(map(ord, LEFT_OUT))
# Common characters, each with a key of its own: a fast path to the same result.
_EVERYDAY = re.compile("[\x20-\x7e·“”、-。《-】！-～\u4e00-\u9fa5]*")
_WIDE = range(0xFF01, 0xFF5F)
_EVERYDAY_KEY = {
    **{number: chr(number - 0xFEE0).lower() for number in _WIDE},
    **{number: chr(number).lower() for number in range(0x41, 0x5B)},
    **_GONE,
    0xFF0E: None,
}


def _is_settled(character: str) -> bool:
    """Return True if the character's properties are the same in every version: it is one of Unicode 3.2."""
    return ucd_3_2_0.category(character) != "Cn"


def _normal(text: str) -> str:
    return ucd_3_2_0.normalize("NFKC", text)


def search_key(text: str) -> str:
    """Return the text without the differences that a reader ignores: width, case, blanks, name dots,
    invisible characters.

    Two names with the same key are the same name; a text is found by every part of its key.
    """
    if _EVERYDAY.fullmatch(text):
        return text.translate(_EVERYDAY_KEY)
    once = _folded(text)
    while (
        again := _folded(once)
    ) != once:  # accents may become adjacent where a character between them was removed
        once = again
    return once


def _folded(text: str) -> str:
    parts = []
    for settled, characters in groupby(text, _is_settled):
        part = "".join(characters)
        parts.append(_normal(_normal(part).casefold()) if settled else part)
    whole = "".join(parts).translate(_GONE)
    return "".join(c for c in whole if ucd_3_2_0.category(c) not in {"Cc", "Cf", "Cs"})


__all__ = ["LEFT_OUT", "search_key"]
