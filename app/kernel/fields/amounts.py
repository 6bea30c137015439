"""Amounts and measures as people type them: one parser for forms, filters and the API (PLAT-19)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from flask_babel import lazy_gettext as _

from app.kernel.text import fold

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


Measure = Literal["money", "area", "number"]

_NUMBER = r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]{1,16})(?P<part>\.[0-9]{1,16})?"
_SCALE = r"(?P<scale>[万亿])?"
_SQUARE = "(?:m2|M2|平方米|平米)"  # compatibility folding makes m2 of ㎡ and m²
_PATTERNS: dict[Measure, re.Pattern[str]] = {
    "money": re.compile(rf"(?:¥\s*)?{_NUMBER}\s*{_SCALE}(?:元)?(?:(?<=[元万亿])/(?:月|{_SQUARE}))?"),
    "area": re.compile(rf"{_NUMBER}\s*{_SCALE}{_SQUARE}?"),
    "number": re.compile(_NUMBER),
}
_TIMES = {None: 1, "万": 10**4, "亿": 10**8}

NO_AMOUNT: dict[Measure, Sentence] = {
    "money": _("An amount like 1,200.50 or 120万"),
    "area": _("A measure like 89.5 or 89.5㎡"),
    "number": _("A number like 300 or 300.50"),
}


def read_amount(text: str, measure: Measure = "money") -> Decimal:
    """Return the typed amount, in yuan, square metres, or as a bare number.

    Commas separate thousands and nothing else.  ``￥``, ``元``, ``万``, ``亿``, ``元/月`` and ``元/㎡``
    belong to money, ``㎡`` and ``平米`` to areas; digits may have full width.

    :raises ValueError: for everything else, so that nothing is guessed (``99,50``, ``1e3``, ``1_000``).
    """
    found = _PATTERNS[measure].fullmatch(fold(text))
    if found is None:
        raise ValueError(str(NO_AMOUNT[measure]))
    number = Decimal(found["whole"].replace(",", "") + (found["part"] or ""))
    return number * _TIMES[found.groupdict().get("scale")]


def read_bounded(text: str, measure: Measure, high: int) -> Decimal:
    """Parse as :func:`read_amount`, up to ``high`` and with at most two decimals, as columns store it.

    :raises ValueError: for everything else.
    """
    value = read_amount(text, measure)
    if value > high:
        raise ValueError(str(_("A number from %(low)s to %(high)s", low=0, high=f"{high:,}")))
    if value != round(value, 2):
        raise ValueError(str(_("At most two decimals")))
    return value
