"""What the REST API shows of collisions, fees, rebinding, the timeline and the ranking (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from flask_babel import gettext

from app.audit.queries import actor_name, sentence_of
from app.channel import choices
from app.channel.models import ViewingFee
from app.channel.records import BusinessContact, PhonePart, colleague
from app.kernel import clock
from app.kernel.api.base import iso, named
from app.kernel.api.files import FileRecord, file_record
from app.kernel.api.schemas import Moment, Named
from app.kernel.files.attachments import files_by_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.channel.models import Collision, RebindLog, Referral, ReferralReport
    from app.channel.ranking import RankingRow
    from app.channel.timeline import Event


class SideRecord(TypedDict):
    """One side of a collision (CH-18)."""

    referral_id: int
    code: str
    state: Annotated[str, choices.REFERRAL_STATE]
    broker: BusinessContact
    created_at: Moment


class VisitorSide(TypedDict):
    """A visitor who was somebody's customer (CH-15)."""

    id: int
    code: str
    name: str


class CollisionRecord(TypedDict):
    """Somebody else's customer was entered, reported or scanned (CH-18, CH-19)."""

    id: int
    name: str
    phones: list[PhonePart]
    bound: SideRecord
    reporting: SideRecord | None
    visitor: VisitorSide | None
    occasion: str
    count: int
    created_at: Moment
    last_at: Moment
    binding_lives: bool
    protected_until: Moment | None
    handled_at: Moment | None
    outcome: Annotated[str, choices.COLLISION_OUTCOME] | None
    note: str


class FeeRecord(TypedDict):
    """A viewing fee, in yuan (CH-25)."""

    id: int
    amount: float
    referral_id: int
    code: str
    name: str
    phones: list[PhonePart]
    broker: BusinessContact
    company: Named | None
    screenshot: FileRecord | None
    created_at: Moment
    voided_at: Moment | None
    void_reason: str


class RebindRecord(TypedDict):
    """A binding given to another broker (CH-23)."""

    id: int
    from_referral_id: int
    to_referral_id: int
    from_broker: Named | None
    to_broker: Named | None
    reason: str
    by: Named
    created_at: Moment


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


class RankingRecord(TypedDict):
    """A broker of the ranking: how many customers reached each state (CH-26)."""

    broker: BusinessContact
    company: Named
    entered: int
    reported: int
    bound: int
    closed: int


def _phones(referral: Referral) -> list[PhonePart]:
    return [{"prefix": one.prefix, "tail": one.tail, "masked": one.masked} for one in referral.fragments]


def _side(referral: Referral) -> SideRecord:
    return {
        "referral_id": referral.id,
        "code": referral.code,
        "state": referral.present_state,
        "broker": colleague(referral.broker),
        "created_at": iso(referral.created_at) or "",
    }


def collision_record(row: Collision) -> CollisionRecord:
    """A collision as the API shows it."""
    visitor, binding = row.visitor, row.binding
    lives = binding.lives_at(clock.now())
    return {
        "id": row.id,
        "name": row.bound_referral.name,
        "phones": _phones(row.bound_referral),
        "bound": _side(row.bound_referral),
        "reporting": _side(row.referral) if row.referral else None,
        "visitor": {"id": visitor.id, "code": visitor.code, "name": visitor.name} if visitor else None,
        "occasion": row.occasion,
        "count": row.count,
        "created_at": iso(row.created_at) or "",
        "last_at": iso(row.last_at) or "",
        "binding_lives": lives,
        "protected_until": iso(binding.expires_at) if lives and binding.state == "live" else None,
        "handled_at": iso(row.handled_at),
        "outcome": row.outcome,
        "note": row.note,
    }


def collision_records(rows: Iterable[Collision]) -> list[CollisionRecord]:
    """Collisions as a list shows them."""
    return [collision_record(row) for row in rows]


def fee_records(rows: Iterable[ViewingFee]) -> list[FeeRecord]:
    """Fees as a list shows them, with their screenshots in one statement."""
    fees = list(rows)
    files = files_by_subject(ViewingFee.__files__, [fee.id for fee in fees])
    return [_fee_record(fee, [file_record(one) for one in files.get(fee.id, [])]) for fee in fees]


def _fee_record(row: ViewingFee, files: list[FileRecord]) -> FeeRecord:
    return {
        "id": row.id,
        "amount": float(row.amount),
        "referral_id": row.referral_id,
        "code": row.referral.code,
        "name": row.referral.name,
        "phones": _phones(row.referral),
        "broker": colleague(row.broker),
        "company": named(row.broker_company),
        "screenshot": files[0] if files else None,
        "created_at": iso(row.created_at) or "",
        "voided_at": iso(row.voided_at),
        "void_reason": row.void_reason,
    }


def rebind_records(rows: Iterable[RebindLog]) -> list[RebindRecord]:
    """Rebindings as a list shows them."""
    return [
        {
            "id": row.id,
            "from_referral_id": row.from_referral_id,
            "to_referral_id": row.to_referral_id,
            "from_broker": named(row.from_broker),
            "to_broker": named(row.to_broker),
            "reason": row.reason,
            "by": {"id": row.by_id, "name": row.by_name},
            "created_at": iso(row.created_at) or "",
        }
        for row in rows
    ]


def event_record(event: Event) -> EventRecord:
    """A line of the timeline as the API shows it."""
    who, text = told(event)
    return {
        "at": iso(event.at) or "",
        "kind": event.kind,
        "id": event.record.id,
        "referral_id": event.referral_id,
        "who": who,
        "text": text,
    }


def told(event: Event) -> tuple[str, str]:
    """Who and what; what has no table of its own stands in the operation log."""
    notify_person = _TOLD.get(event.kind)
    return (
        notify_person(event.record)
        if notify_person
        else (actor_name(event.record), sentence_of(event.record))
    )


def _reported(row: ReferralReport) -> tuple[str, str]:
    state = choices.REFERRAL_STATE.label
    return row.by_name, f"{state(row.state_before)} → {state(row.state_after)}"


def _paid(row: ViewingFee) -> tuple[str, str]:
    paid = gettext("%(amount)s to %(broker)s", amount=f"{row.amount:,.2f}", broker=row.broker.name)
    return (
        row.created_by.display_name,
        f"{paid} · {gettext('Voided')}: {row.void_reason}" if row.is_void else paid,
    )


def _collided(row: Collision) -> tuple[str, str]:
    other = row.referral or row.visitor
    who = row.referral.broker if row.referral else row.visitor
    text = gettext(
        "%(code)s came while the customer was bound to %(broker)s (%(bound)s); times: %(n)s",
        code=other.code if other else "",
        broker=row.bound_referral.broker.name,
        bound=row.bound_referral.code,
        n=row.count,
    )
    return who.name if who else "", text


_TOLD: dict[str, Callable[[Any], tuple[str, str]]] = {
    "report": _reported,
    "scan": lambda row: (row.staff.name, choices.SCAN_RESULT.label(row.result)),
    "tour": lambda row: (
        row.consultant.name,
        gettext("Toured, intention %(intention)s", intention=row.intention),
    ),
    "fee": _paid,
    "rebind": lambda row: (row.by_name, f"{row.from_broker.name} → {row.to_broker.name}: {row.reason}"),
    "collision": _collided,
}


def ranking_record(row: RankingRow) -> RankingRecord:
    """A row of the ranking as the API shows it."""
    return {
        "broker": {"id": row.broker_id, "name": row.broker, "phone": row.phone},
        "company": {"id": row.company_id, "name": row.company},
        "entered": row.entered,
        "reported": row.reported,
        "bound": row.bound,
        "closed": row.closed,
    }
