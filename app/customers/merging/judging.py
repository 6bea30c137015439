"""Whether pairs may be merged now, for their rows in the list: a refused one stays listed with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.merging.policies import can_merge_all
from app.customers.shared.merges import judge_merge, merge_refusals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.merging.models import DuplicatePair
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def judge_pairs(pairs: Sequence[DuplicatePair], actor: Actor) -> dict[int, Decision]:
    """Return the verdict of a merge of both files by the pair's id, as its service would give it.

    What was declared is asked once, for the files of all pairs.
    """
    refusals = merge_refusals([file for pair in pairs for file in (pair.a, pair.b)], actor)
    return {pair.id: _judge([pair.a, pair.b], actor, refusals) for pair in pairs}


def _judge(files: Sequence[Customer], actor: Actor, refusals: Mapping[int, Decision]) -> Decision:
    verdict = can_merge_all(actor, files)
    return judge_merge(files, refusals) if verdict else verdict
