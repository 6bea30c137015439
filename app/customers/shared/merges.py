"""What other subjects and contexts add to merges of customers, and to the search for duplicates (CUST-9).

They declare it in their ``setup.py``. What becomes of their rows is their answer ``merge``
(:mod:`app.customers.shared.parts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.kernel.errors import ALLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision, Sentence


@dataclass(frozen=True)
class Conflict:
    """Something that a customer has once, and that two files may both have: the primary contact, the default
    account, a credit limit.

    ``options(customers)`` returns what each of the files has, as text, by the file's id; nothing of a file
    that has none. The part's ``merge`` answer
    reads the decision as ``step.wins(key)``: the file whose own stays.
    """

    key: str
    label: Sentence
    options: Callable[[Sequence[Customer]], Mapping[int, str]]


@dataclass(frozen=True)
class CandidatePairs:
    """Pairs of customers that are probably one, found by another table.

    ``pairs()`` selects rows of two customers' ids, in any order; who is deleted does not matter. ``score`` is
    how sure it is, in percent; ``reason`` a code of the dictionary ``duplicate_reason``.
    """

    reason: str
    score: int
    pairs: Callable[[], Select[Any]]


_refusals: dict[str, Callable[[Sequence[Customer], Actor], Decision]] = {}
_conflicts: dict[str, Conflict] = {}
_candidates: dict[str, CandidatePairs] = {}


def refuses_merge(key: str, rule: Callable[[Sequence[Customer], Actor], Decision]) -> None:
    """Declare what forbids these files to be merged, as an open handover or request on one of them does."""
    _refusals[key] = rule


def judge_merge(customers: Sequence[Customer], actor: Actor) -> Decision:
    """Return the first refusal of what was declared, or that nothing forbids it."""
    verdicts = (rule(customers, actor) for rule in _refusals.values())
    return next((verdict for verdict in verdicts if not verdict), ALLOW)


def declare_conflict(conflict: Conflict) -> None:
    """Declare something that is decided before a merge."""
    _conflicts[conflict.key] = conflict


def declared_conflicts() -> list[Conflict]:
    """Return everything that is decided before a merge."""
    return [*_conflicts.values()]


def contribute_pairs(found: CandidatePairs) -> None:
    """Add pairs to what the duplicate finder looks at."""
    _candidates[found.reason] = found


def contributed_pairs() -> list[CandidatePairs]:
    """Return what other tables add to the duplicate finder."""
    return [*_candidates.values()]
