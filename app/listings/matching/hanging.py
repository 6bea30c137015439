"""What becomes of a customer's matches when the file is merged or erased (CUST-32, CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from app.customers.shared.parts import Answers, nothing
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.listings.matching.models import ListingInterest, MatchPreference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor


def merge_interests(step: Merge) -> None:
    """The survivor takes what the other file said of listings; of a pair that both have the newer answer
    stays (CUST-9).
    """
    both = select(ListingInterest).where(
        id_in(ListingInterest.customer_id, [step.survivor.id, step.merged.id])
    )
    newest: dict[int, ListingInterest] = {}
    with unscoped("what customers think of listings goes with their file, whoever noted it (CUST-32)"):
        for row in db.session.scalars(both.order_by(ListingInterest.changed_at, ListingInterest.id)).all():
            older = newest.get(row.listing_id)
            if older is not None:
                db.session.delete(older)
            newest[row.listing_id] = row
        db.session.flush()
    step.take(ListingInterest.customer_id)


def merge_preferences(step: Merge) -> None:
    """The survivor keeps its musts; without any it takes those of the other file (CUST-9)."""
    own = select(MatchPreference.id).where(MatchPreference.customer_id == step.survivor.id)
    if db.session.scalar(own) is None:
        step.take(MatchPreference.customer_id)
    else:
        db.session.execute(delete(MatchPreference).where(MatchPreference.customer_id == step.merged.id))


def erase_interests(customers: Sequence[Customer], _actor: Actor) -> None:
    """Forget what the customers said: the answers are personal (CUST-22)."""
    ids = [one.id for one in customers]
    with unscoped("what customers think of listings goes with their file, whoever noted it (CUST-32)"):
        db.session.execute(delete(ListingInterest).where(id_in(ListingInterest.customer_id, ids)))


def erase_preferences(customers: Sequence[Customer], _actor: Actor) -> None:
    """Forget what the customers insist on."""
    ids = [one.id for one in customers]
    db.session.execute(delete(MatchPreference).where(id_in(MatchPreference.customer_id, ids)))


INTERESTS = Answers(
    hand_over=nothing,
    unshelve=nothing,
    recycle=nothing,
    freeze=nothing,
    merge=merge_interests,
    erase=erase_interests,
)
PREFERENCES = Answers(
    hand_over=nothing,
    unshelve=nothing,
    recycle=nothing,
    freeze=nothing,
    merge=merge_preferences,
    erase=erase_preferences,
)
