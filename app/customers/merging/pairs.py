"""Decide about pairs of the duplicate finder: not duplicates (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.audit import services as audit
from app.customers.merging import policies
from app.customers.merging.models import DuplicatePair
from app.customers.merging.queries import visible_pairs
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.fields.forms import REQUIRED
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor

MOST = 100


@transactional
def dismiss_pair(pk: int, *, actor: Actor) -> DuplicatePair:
    """Remember that the two of a pair are different customers; the finder no longer lists them.

    :raises NotFound: for a pair of which the actor cannot open both.
    :raises Denied: ``duplicate.decided`` where it was decided already.
    """
    pair: DuplicatePair = get_one(visible_pairs(actor).where(DuplicatePair.id == pk), lock=True)
    policies.can_dismiss(pair.state == "open").enforce()
    _dismiss(pair, actor)
    return pair


@transactional
def dismiss_pairs(ids: Sequence[int], *, actor: Actor) -> list[DuplicatePair]:
    """Remember the same of several open pairs at once.

    :raises Invalid: for none or too many, and for a pair that the actor does not see open.
    """
    wanted = set(ids)
    if not wanted or len(wanted) > MOST:
        raise Invalid(ids=REQUIRED)
    found = visible_pairs(actor).where(id_in(DuplicatePair.id, wanted)).order_by(DuplicatePair.id)
    pairs = list(db.session.scalars(found.with_for_update(of=DuplicatePair)))
    if {pair.id for pair in pairs} != wanted:
        raise Invalid(ids=policies.UNKNOWN_PAIR)
    for pair in pairs:
        policies.can_dismiss(pair.state == "open").enforce()
        _dismiss(pair, actor)
    return pairs


def _dismiss(pair: DuplicatePair, actor: Actor) -> None:
    pair.dismiss(clock.now(), actor.id)
    for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
        audit.record(
            actor, "customer.not_duplicate", one, N_("Not the same customer as %(code)s"), code=other.code
        )
