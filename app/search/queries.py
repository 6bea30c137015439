"""What the search finds of records: one statement a kind, always in the actor's scope (PLAT-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.kernel.database.session import db
from app.kernel.fields.phones import is_number
from app.kernel.lists.finding import kinds_for
from app.kernel.lists.words import BEGINS, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.lists.finding import Found, Kind

MOST = 6  # results of a kind
MAX_RECENT = 10
_LEAST_LETTERS = 2
_LONGEST_DIGITS = 6  # more digits are a part of a number, or all of it
EXACT, PREFIX, PART = range(3)
Rank = tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """A record that was found: its kind and id, and how it is shown."""

    kind: Kind
    id: int
    found: Found
    rank: Rank = ()


def is_whole_number(typed: str) -> bool:
    """Tell whether the text is a whole number or most of one: those are never searched (ACC-17)."""
    text = "".join(typed.split())
    digits = text.lstrip("+").replace("-", "")
    return is_number(text) or (digits.isdigit() and len(digits) > _LONGEST_DIGITS)


def is_too_short(typed: str) -> bool:
    """Tell whether the text is a single letter or digit, which begins half of all names in pinyin."""
    text = folded(typed)
    return not text or (text.isascii() and len(text) < _LEAST_LETTERS)


def rank_of(word: str, place: int, typed: str) -> Rank:
    """Return how well a word answers a folded text; the least is the best: exact, beginning, part."""
    tier = PART if place != BEGINS else EXACT if word == typed else PREFIX
    return tier, len(word)


def find_records(actor: Actor, typed: str) -> dict[str, list[Result]]:
    """Return the best records of each kind, best first: exact, beginning, part; the actor's own before
    others'.
    """
    if is_too_short(typed) or is_whole_number(typed):
        return {}
    text = folded(typed)
    return {kind.name: _find(kind, actor, text) for kind in kinds_for(actor)}


def _find(kind: Kind, actor: Actor, text: str) -> list[Result]:
    ranks: dict[int, Rank] = {}
    records: dict[int, Any] = {}
    for record, word, place, own in db.session.execute(kind.matches(actor, text)):
        tier, length = rank_of(word, place, text)
        rank = (tier, -own, length, -record.id)
        ranks[record.id] = min(rank, ranks.get(record.id, rank))
        records[record.id] = record
    best = sorted(ranks, key=ranks.__getitem__)[:MOST]
    return [Result(kind, pk, kind.show(records[pk]), ranks[pk]) for pk in best]


def recall(actor: Actor, wanted: Sequence[tuple[str, int]]) -> list[Result]:
    """Return records by kind and id as they are now, in the given order; without those that the actor cannot
    open (any more).
    """
    pks: dict[str, list[int]] = {}
    for name, pk in wanted[:MAX_RECENT]:
        pks.setdefault(name, []).append(pk)
    found = {one: result for kind in kinds_for(actor) for one, result in _read(kind, actor, pks)}
    return [found[one] for one in dict.fromkeys(wanted[:MAX_RECENT]) if one in found]


def _read(
    kind: Kind, actor: Actor, pks: Mapping[str, Sequence[int]]
) -> Iterable[tuple[tuple[str, int], Result]]:
    if kind.name not in pks:
        return
    for record in db.session.scalars(kind.records(actor, pks[kind.name])):
        yield (kind.name, record.id), Result(kind, record.id, kind.show(record))
