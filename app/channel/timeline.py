"""Everything that happened to one customer identity, whoever brought it: evidence for a dispute (CH-29).

Also what stands beside a referral: its scans, tours, fees and rebindings, and those of the same customer
under other codes, so that nothing is paid twice (CH-22, CH-23).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.audit.models import OperationLog
from app.channel import choices
from app.channel.identity import fragments_of
from app.channel.models import (
    Collision,
    OnsiteScan,
    RebindLog,
    Referral,
    ReferralKey,
    ReferralReport,
    Tour,
    ViewingFee,
)
from app.channel.queries import FEE_PEOPLE, REFERRAL_PEOPLE, SCAN_PEOPLE, SIDES, TOUR_PEOPLE
from app.kernel.access.guard import scoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.channel.models import Visitor

BOTH_BROKERS = (joinedload(RebindLog.from_broker), joinedload(RebindLog.to_broker))
NO_REFERRAL = 0  # a visitor's
_ORDER = {kind: place for place, kind in enumerate(choices.EVENT.labels)}  # of what one moment brought
MOST = 2000  # events of a kind: far more than any customer has


@dataclass(frozen=True)
class Event:
    """One line of the timeline; ``kind`` says which table ``record`` is of."""

    at: datetime
    kind: str
    referral_id: int
    record: Any

    def concerns(self, pk: int) -> bool:
        """It is about this code; a collision and a rebinding are about two."""
        others = ("referral_id", "from_referral_id") if self.kind in {"collision", "rebind"} else ()
        return pk == self.referral_id or any(getattr(self.record, name, None) == pk for name in others)


@dataclass(frozen=True)
class History:
    """A customer identity: its referrals under all codes by id, and what happened to it, oldest first."""

    referrals: dict[int, Referral]
    events: list[Event]


def same_customer_ids(referral: Referral) -> list[int]:
    """Ids of all referrals of the identity in the project, this one too: those that share a number with it,
    or with one of those (CH-8).
    """
    known: set[int] = {referral.id}
    wanted = set(fragments_of(referral))
    while True:
        statement = select(ReferralKey.referral_id).where(
            ReferralKey.project_id == referral.project_id,
            ReferralKey.name_key == referral.name_key,
            ReferralKey.fragment.in_(wanted),
        )
        found = set(db.session.scalars(statement)) | known
        keys = select(ReferralKey.fragment).where(ReferralKey.referral_id.in_(found))
        fragments = set(db.session.scalars(keys))
        if fragments == wanted:
            return sorted(found)
        known, wanted = found, fragments


def scans_of(referral_ids: Sequence[int]) -> Select[OnsiteScan]:
    """Scans of referrals that were reached."""
    found = select(OnsiteScan).where(OnsiteScan.referral_id.in_(referral_ids)).options(*SCAN_PEOPLE)
    return scoped(found)


def tours_of(referral_ids: Sequence[int]) -> Select[Tour]:
    """Tours of referrals that were reached."""
    return scoped(select(Tour).where(Tour.referral_id.in_(referral_ids)).options(*TOUR_PEOPLE))


def fees_of(referral_ids: Sequence[int]) -> Select[ViewingFee]:
    """Viewing fees of referrals that were reached, voided ones too."""
    found = select(ViewingFee).where(ViewingFee.referral_id.in_(referral_ids))
    return scoped(found.options(*FEE_PEOPLE, joinedload(ViewingFee.created_by)))


def count_earlier_fees(referral: Referral) -> tuple[int, Decimal]:
    """How many valid fees the customer already cost, under all its codes, and how much (CH-23)."""
    valid = fees_of(same_customer_ids(referral)).where(ViewingFee.voided_at.is_(None))
    amounts = [fee.amount for fee in db.session.scalars(valid)]
    return len(amounts), sum(amounts, Decimal(0))


def rebinds_of(referral_ids: Sequence[int]) -> Select[RebindLog]:
    """Rebindings away from and to referrals that were reached (CH-23)."""
    return (
        select(RebindLog)
        .where(or_(RebindLog.from_referral_id.in_(referral_ids), RebindLog.to_referral_id.in_(referral_ids)))
        .options(*BOTH_BROKERS)
    )


def reports_of(referral_ids: Sequence[int]) -> Select[ReferralReport]:
    """Presses of *report*."""
    return select(ReferralReport).where(ReferralReport.referral_id.in_(referral_ids))


def collisions_of(referral_ids: Sequence[int]) -> Select[Collision]:
    """Collisions on either side."""
    sides = or_(Collision.bound_referral_id.in_(referral_ids), Collision.referral_id.in_(referral_ids))
    return scoped(select(Collision).where(sides).options(*SIDES))


def visits_of(visitor: Visitor) -> list[Event]:
    """What happened to a walk-in visitor on site, oldest first (CH-15)."""
    scans = scoped(select(OnsiteScan).where(OnsiteScan.visitor_id == visitor.id).options(*SCAN_PEOPLE))
    tours = scoped(select(Tour).where(Tour.visitor_id == visitor.id).options(*TOUR_PEOPLE))
    events = [
        Event(row.created_at, kind, NO_REFERRAL, row)
        for kind, statement in (("scan", scans), ("tour", tours))
        for row in db.session.scalars(statement.limit(MOST)).unique()
    ]
    return sorted(events, key=lambda event: (event.at, event.kind))


def referrals_by_id(referral_ids: Sequence[int]) -> dict[int, Referral]:
    """The referrals of an identity that was reached, with their people, by id; the eldest first."""
    found = select(Referral).where(Referral.id.in_(referral_ids)).options(*REFERRAL_PEOPLE)
    return {row.id: row for row in db.session.scalars(scoped(found.order_by(Referral.id)))}


def history_of(referral: Referral) -> History:
    """The identity as a whole; a fixed number of statements."""
    pks = same_customer_ids(referral)
    return History(referrals_by_id(pks), _events_of(pks))


def timeline_of(referral: Referral) -> list[Event]:
    """What happened to the customer under all its codes, oldest first; a fixed number of statements."""
    return _events_of(same_customer_ids(referral))


def _events_of(pks: Sequence[int]) -> list[Event]:
    """Entering, expiry, closing and reopening stand in the operation log; the rest has tables of its own."""
    events = [
        Event(row.at, row.operation, row.record_id, row)
        for row in db.session.scalars(
            select(OperationLog)
            .where(
                OperationLog.record_type == Referral.__audit__,
                OperationLog.record_id.in_(pks),
                OperationLog.operation.in_(
                    ["referral.enter", "referral.expire", "referral.close", "referral.reopen"]
                ),
            )
            .limit(MOST)
        )
    ]
    for kind, statement, whose in (
        ("report", reports_of(pks), "referral_id"),
        ("scan", scans_of(pks), "referral_id"),
        ("tour", tours_of(pks), "referral_id"),
        ("fee", fees_of(pks), "referral_id"),
        ("rebind", rebinds_of(pks), "to_referral_id"),
        ("collision", collisions_of(pks), "bound_referral_id"),
    ):
        rows = db.session.scalars(statement.limit(MOST)).unique()
        events += [Event(row.created_at, kind, getattr(row, whose), row) for row in rows]
    return sorted(events, key=lambda event: (event.at, _ORDER[event.kind], event.referral_id))
