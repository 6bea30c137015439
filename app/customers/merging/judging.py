"""Whether a pair may be merged now, for its row in the list: a refused one stays listed with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.merging.policies import can_merge_all
from app.customers.shared.merges import judge_merge

if TYPE_CHECKING:
    from app.customers.merging.models import DuplicatePair
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def judge_pair(pair: DuplicatePair, actor: Actor) -> Decision:
    """Return the verdict of a merge of both files, as its service would give it."""
    files = [pair.a, pair.b]
    verdict = can_merge_all(actor, files)
    return judge_merge(files, actor) if verdict else verdict
