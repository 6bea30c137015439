"""Decide about pairs of the duplicate finder: not duplicates, merged, apart again (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from app.audit import services as audit
from app.customers.merging import policies
from app.customers.merging.models import DuplicatePair
from app.customers.merging.queries import visible_pairs
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one, upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.fields.forms import REQUIRED
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

MOST = 100
_P = DuplicatePair.__table__.c


@transactional
def dismiss_pair(pk: int, *, actor: Actor) -> DuplicatePair:
    """Remember that the two of a pair are different customers; the finder no longer lists them.

    :raises NotFound: for a pair of which the actor cannot open both.
    :raises Denied: ``duplicate.decided`` where it was decided already.
    """
    pair: DuplicatePair = get_one(visible_pairs(actor).where(DuplicatePair.id == pk), lock=True)
    policies.can_dismiss(actor, pair).enforce()
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
        policies.can_dismiss(actor, pair).enforce()
        _dismiss(pair, actor)
    return pairs


def _dismiss(pair: DuplicatePair, actor: Actor) -> None:
    pair.dismiss(clock.now(), actor.id)
    for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
        audit.record(
            actor, "customer.not_duplicate", one, N_("Not the same customer as %(code)s"), code=other.code
        )


def follow_merge(survivor: Customer, other: Customer, actor: Actor) -> list[tuple[int, int]]:
    """Close the pair of both; who was no duplicate of the merged file is none of the survivor.

    Return the survivor's pairs that were dismissed by it, for the undo.
    """
    with unscoped("pairs of files that are merged or apart again, whoever may see them (CUST-9)"):
        db.session.execute(
            update(DuplicatePair)
            .where(_is_pair(survivor.id, other.id))
            .values(state="merged", decided_at=clock.now(), decided_by_id=actor.id)
        )
        theirs = db.session.scalars(_dismissed_with(other.id)).all()
        known = {_third(pair, survivor.id) for pair in db.session.scalars(_dismissed_with(survivor.id))}
        new = [pair for pair in theirs if _third(pair, other.id) not in {survivor.id, *known}]
        return [_dismiss_too(pair, survivor.id, _third(pair, other.id)) for pair in new]


def reopen_pairs(survivor_id: int, merged_id: int, dismissed: Sequence[Sequence[int]]) -> None:
    """Let the finder look again at the pair of two files that are apart again, and at those that their merge
    dismissed.
    """
    with unscoped("pairs of files that are merged or apart again, whoever may see them (CUST-9)"):
        _reopen(_is_pair(survivor_id, merged_id), "merged")
        for one, other in dismissed:
            _reopen(_is_pair(one, other), "dismissed")


def _reopen(which: ColumnElement[bool], state: str) -> None:
    pairs = update(DuplicatePair).where(which, _P.state == state)
    db.session.execute(pairs.values(state="open", decided_at=None, decided_by_id=None))


def _is_pair(one: int, other: int) -> ColumnElement[bool]:
    a, b = sorted((one, other))
    return and_(_P.a_id == a, _P.b_id == b)


def _dismissed_with(pk: int) -> Select[DuplicatePair]:
    return select(DuplicatePair).where(or_(_P.a_id == pk, _P.b_id == pk), _P.state == "dismissed")


def _third(pair: DuplicatePair, pk: int) -> int:
    return pair.a_id if pair.b_id == pk else pair.b_id


def _dismiss_too(pair: DuplicatePair, survivor_id: int, third: int) -> tuple[int, int]:
    """Dismiss the survivor's pair as the merged file's was, unless it is that of files merged before."""
    a, b = sorted((survivor_id, third))
    decided = {"state": "dismissed", "decided_at": pair.decided_at, "decided_by_id": pair.decided_by_id}
    moment = clock.now()
    row = {
        "company_id": pair.company_id,
        "a_id": a,
        "b_id": b,
        "reason": pair.reason,
        "score": pair.score,
        "found_at": moment,
        "seen_at": moment,
        **decided,
    }
    not_merged = _P.state != "merged"
    statement = upsert(DuplicatePair, row, unique=("a_id", "b_id"), changes=decided, changes_if=not_merged)
    db.session.execute(statement)
    return a, b
