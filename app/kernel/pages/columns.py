"""The columns that a person chose for a list: which, in which order, how wide, which stay in sight (OFF-5).

An address and a saved view keep them as one word: ``code-120~.name~.phone`` is the code, 120 wide and pinned
at the left, then the name, pinned too, then the phone number.  What a list does not have is left out, so that
no word shows more than the list's own declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


WIDTHS = (80, 120, 160, 200, 240, 320, 400)
MAX_PINNED = 6
MAX_WORD = 1500
_PIN, _WIDTH, _NEXT = "~", "-", "."


@dataclass(frozen=True)
class ChosenColumn:
    """A column as it is shown: its width in pixels, or 0 for as wide as its content."""

    key: str
    width: int = 0
    is_pinned: bool = False

    def word(self) -> str:
        """Return the column as an address contains it."""
        width = f"{_WIDTH}{self.width}" if self.width else ""
        return f"{self.key}{width}{_PIN if self.is_pinned else ''}"


def usual_columns(keys: Sequence[str]) -> tuple[ChosenColumn, ...]:
    """Return all columns of a list in its own order: the first one stays in sight."""
    return tuple(ChosenColumn(key, is_pinned=n == 0) for n, key in enumerate(keys))


def read_columns(word: str, keys: Sequence[str]) -> tuple[ChosenColumn, ...]:
    """Return the columns of a word that the list has, pinned ones first; nothing for a word without any."""
    found: dict[str, ChosenColumn] = {}
    for part in word[:MAX_WORD].split(_NEXT):
        key, _minus, width = part.removesuffix(_PIN).partition(_WIDTH)
        if key in keys and key not in found:
            wide = int(width) if width in map(str, WIDTHS) else 0
            found[key] = ChosenColumn(key, wide, part.endswith(_PIN))
    return _pinned_first(found.values())


def columns_word(columns: Iterable[ChosenColumn], keys: Sequence[str]) -> str:
    """Return the columns as one word; an empty one for the list's usual columns."""
    chosen = tuple(columns)
    return "" if chosen == usual_columns(keys) else _NEXT.join(one.word() for one in chosen)


def check_columns(columns: Sequence[ChosenColumn], keys: Sequence[str]) -> tuple[ChosenColumn, ...]:
    """Return the columns as they are kept.

    :raises Invalid: for none, for one that the list does not have, an unknown width, too many pinned ones.
    """
    if not columns:
        raise Invalid(columns=_("Choose at least one column"))
    names = [one.key for one in columns]
    if not set(names) <= set(keys) or len(set(names)) < len(names):
        raise Invalid(columns=_("Not a column of this list"))
    if any(one.width not in {0, *WIDTHS} for one in columns):
        raise Invalid(columns=_("Not one of the widths"))
    if sum(one.is_pinned for one in columns) > MAX_PINNED:
        raise Invalid(columns=_("At most %(n)s columns can be pinned", n=MAX_PINNED))
    return _pinned_first(columns)


def _pinned_first(columns: Iterable[ChosenColumn]) -> tuple[ChosenColumn, ...]:
    return tuple(sorted(columns, key=lambda one: not one.is_pinned))
