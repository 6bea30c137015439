"""All events of one customer identity, whoever brought it: evidence for a dispute (CH-29)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import Select, select

from app.audit.models import OperationLog
from app.audit.queries import actor_name, sentence_of
from app.channel.referrals import choices
from app.channel.referrals.bindings import fragments_of
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.models import Referral, ReferralKey, ReferralReport
from app.channel.referrals.parts import part_of, referral_parts
from app.channel.referrals.queries import REFERRAL_PEOPLE
from app.kernel.access.guard import scoped
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.channel.visitors.models import Visitor


NO_REFERRAL = 0  # a visitor's
_ORDER = {
    kind: place for place, kind in enumerate(choices.EVENT.labels)
}  # the order of events at the same moment
MOST = 2000  # events of a kind: far more than any customer has


@dataclass(frozen=True)
class Event:
    """One line of the timeline; ``kind`` says which table ``record`` comes from."""

    at: datetime
    kind: str
    referral_id: int
    record: Any

    @property
    def referral_ids(self) -> set[int]:
        """The ids of the referrals concerned: two for a collision or a rebinding, none for a visitor."""
        part = part_of(self.kind)
        other = [getattr(self.record, part.other) or NO_REFERRAL] if part and part.other else []
        return {self.referral_id, *other}

    def concerns(self, pk: int) -> bool:
        """Tell whether the event concerns this referral."""
        return pk in self.referral_ids


@dataclass(frozen=True)
class History:
    """A customer identity: its referrals by id, and its events, oldest first."""

    referrals: dict[int, Referral]
    events: list[Event]


def same_customer_ids(referral: Referral) -> list[int]:
    """Return the ids of all referrals of the identity in the project, this one included: those that share a
    number with it or with one of those (CH-8).
    """
    known: set[int] = {referral.id}
    wanted = set(fragments_of(referral))
    while True:
        # Search by the referral's own name: where older rules let a broker enter a customer twice, only one
        # holds the key
        statement = (
            select(ReferralKey.referral_id)
            .join(Referral, Referral.id == ReferralKey.referral_id)
            .where(
                Referral.project_id == referral.project_id,
                Referral.name_key == referral.name_key,
                ReferralKey.fragment.in_(wanted),
            )
        )
        found = set(db.session.scalars(scoped(statement))) | known
        keys = select(ReferralKey.fragment).where(ReferralKey.referral_id.in_(found))
        fragments = set(db.session.scalars(keys))
        if fragments == wanted:
            return sorted(found)
        known, wanted = found, fragments


def reports_of(referral_ids: Sequence[int]) -> Select[ReferralReport]:
    """Select the reports of referrals."""
    return select(ReferralReport).where(ReferralReport.referral_id.in_(referral_ids))


def steps_of(referral_ids: Sequence[int]) -> Select[OperationLog]:
    """Select the steps of referrals that have no table of their own: entry, expiry, closing, reopening."""
    return select(OperationLog).where(
        OperationLog.record_type == Referral.__audit__,
        OperationLog.record_id.in_(referral_ids),
        OperationLog.operation.in_(
            ["referral.enter", "referral.expire", "referral.close", "referral.reopen"]
        ),
    )


def visits_of(visitor: Visitor) -> list[Event]:
    """List the events of a walk-in visitor on site, oldest first (CH-15)."""
    events = [
        Event(row.created_at, part.kind, NO_REFERRAL, row)
        for part in referral_parts()
        if part.of_visitor is not None
        for row in db.session.scalars(part.of_visitor(visitor).limit(MOST)).unique()
    ]
    return sorted(events, key=lambda event: (event.at, event.kind))


def referrals_by_id(referral_ids: Sequence[int]) -> dict[int, Referral]:
    """Return the referrals of an identity with their people, by id; the oldest first."""
    found = select(Referral).where(Referral.id.in_(referral_ids)).options(*REFERRAL_PEOPLE)
    return {row.id: row for row in db.session.scalars(scoped(found.order_by(Referral.id)))}


def history_of(referral: Referral) -> History:
    """Return the history of the referral's identity in a fixed number of statements."""
    pks = same_customer_ids(referral)
    return History(referrals_by_id(pks), _events_of(pks))


def timeline_of(referral: Referral) -> list[Event]:
    """List the customer's events under all codes, oldest first, in a fixed number of statements."""
    return _events_of(same_customer_ids(referral))


def _events_of(pks: Sequence[int]) -> list[Event]:
    """List the events; entry, expiry, closing and reopening come from the operation log."""
    steps = db.session.scalars(steps_of(pks).limit(MOST))
    events = [Event(row.at, row.operation, row.record_id, row) for row in steps]
    reports = db.session.scalars(reports_of(pks).limit(MOST))
    events += [Event(row.created_at, "report", row.referral_id, row) for row in reports]
    for part in referral_parts():
        rows = db.session.scalars(part.select(pks).limit(MOST)).unique()
        events += [Event(row.created_at, part.kind, getattr(row, part.belongs_to), row) for row in rows]
    return sorted(events, key=lambda event: (event.at, _ORDER[event.kind], event.referral_id))


class EventRecord(TypedDict):
    """A line of the timeline of a customer, under all their codes (CH-29)."""

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
    """Return the API record of an event."""
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
    """Describe who did what; events without a table of their own come from the operation log."""
    if event.kind == "report":
        return _reported(event.record)
    part = part_of(event.kind)
    return part.describe(event.record) if part else (actor_name(event.record), sentence_of(event.record))


_ICONS = {
    "referral.enter": "fa-pen",
    "report": "fa-bullhorn",
    "referral.expire": "fa-hourglass-end",
    "referral.close": "fa-handshake",
    "referral.reopen": "fa-rotate-left",
}


def icon_of(kind: str) -> str:
    """Return the icon of a kind of event."""
    part = part_of(kind)
    return part.icon if part else _ICONS[kind]


def _reported(row: ReferralReport) -> tuple[str, str]:
    state = REFERRAL_STATE.label
    return row.by_name, f"{state(row.state_before)} → {state(row.state_after)}"
