"""Everything that happened to one customer identity, whoever brought it: evidence for a dispute (CH-29)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from flask_babel import gettext
from sqlalchemy import Select, select

from app.audit.models import OperationLog
from app.audit.queries import actor_name, sentence_of
from app.channel.collisions.queries import collisions_of, rebinds_of
from app.channel.collisions.serializers import describe_collision
from app.channel.fees.queries import fees_of
from app.channel.fees.serializers import describe_fee
from app.channel.referrals import choices
from app.channel.referrals.bindings import fragments_of
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.models import Referral, ReferralKey, ReferralReport
from app.channel.referrals.queries import REFERRAL_PEOPLE
from app.channel.scans.choices import SCAN_RESULT
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import SCAN_PEOPLE, scans_of
from app.channel.tours.models import Tour
from app.channel.tours.queries import TOUR_PEOPLE, tours_of
from app.kernel.access.guard import scoped
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from app.channel.visitors.models import Visitor


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


def reports_of(referral_ids: Sequence[int]) -> Select[ReferralReport]:
    """Presses of *report*."""
    return select(ReferralReport).where(ReferralReport.referral_id.in_(referral_ids))


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


class EventRecord(TypedDict):
    """A line of the timeline of a customer, under all codes (CH-29)."""

    at: Moment
    kind: str
    id: int
    referral_id: int
    who: str
    text: str


class Timeline(TypedDict):
    """Everything that happened to a customer, oldest first."""

    items: list[EventRecord]


def event_record(event: Event) -> EventRecord:
    """A line of the timeline as the API shows it."""
    who, text = describe_event(event)
    return {
        "at": iso(event.at) or "",
        "kind": event.kind,
        "id": event.record.id,
        "referral_id": event.referral_id,
        "who": who,
        "text": text,
    }


def describe_event(event: Event) -> tuple[str, str]:
    """Who and what; what has no table of its own stands in the operation log."""
    notify_person = _TOLD.get(event.kind)
    return (
        notify_person(event.record)
        if notify_person
        else (actor_name(event.record), sentence_of(event.record))
    )


def _reported(row: ReferralReport) -> tuple[str, str]:
    state = REFERRAL_STATE.label
    return row.by_name, f"{state(row.state_before)} → {state(row.state_after)}"


_TOLD: dict[str, Callable[[Any], tuple[str, str]]] = {
    "report": _reported,
    "scan": lambda row: (row.staff.name, SCAN_RESULT.label(row.result)),
    "tour": lambda row: (
        row.consultant.name,
        gettext("Toured, intention %(intention)s", intention=row.intention),
    ),
    "fee": describe_fee,
    "rebind": lambda row: (row.by_name, f"{row.from_broker.name} → {row.to_broker.name}: {row.reason}"),
    "collision": describe_collision,
}
