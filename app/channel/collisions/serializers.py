"""REST API records of collisions and rebinding (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask_babel import gettext

from app.channel.collisions.choices import COLLISION_KIND, COLLISION_OUTCOME
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.serializers import phone_parts
from app.channel.shared.serializers import BusinessContact, PhonePart, colleague
from app.kernel import clock
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.collisions.models import Collision, RebindLog
    from app.channel.referrals.models import Referral


class SideRecord(TypedDict):
    """One side of a collision (CH-18)."""

    referral_id: int
    code: str
    name: str
    state: Annotated[str, REFERRAL_STATE]
    broker: BusinessContact
    created_at: Moment


class VisitorSide(TypedDict):
    """A walk-in visitor who is already a broker's customer (CH-15)."""

    id: int
    code: str
    name: str


class CollisionRecord(TypedDict):
    """A collision: a customer of one broker was entered, reported or scanned for another (CH-18, CH-19)."""

    id: int
    kind: Annotated[str, COLLISION_KIND]
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
    outcome: Annotated[str, COLLISION_OUTCOME] | None
    note: str


class RebindRecord(TypedDict):
    """A binding that moved to another broker (CH-23)."""

    id: int
    from_referral_id: int
    to_referral_id: int
    from_broker: Named | None
    to_broker: Named | None
    reason: str
    by: Named
    created_at: Moment


def _side(referral: Referral) -> SideRecord:
    return {
        "referral_id": referral.id,
        "code": referral.code,
        "name": referral.name,
        "state": referral.present_state,
        "broker": colleague(referral.broker),
        "created_at": iso(referral.created_at) or "",
    }


def collision_record(row: Collision) -> CollisionRecord:
    """Return the API record of a collision."""
    visitor, binding = row.visitor, row.binding
    lives = binding.lives_at(clock.now())
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.bound_referral.name,
        "phones": phone_parts(row.bound_referral),
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
    """Return the API records of a list of collisions."""
    return [collision_record(row) for row in rows]


def rebind_records(rows: Iterable[RebindLog]) -> list[RebindRecord]:
    """Return the API records of a list of rebindings."""
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


def describe_collision(row: Collision) -> tuple[str, str]:
    """Describe a collision for the timeline: the newcomer, and the broker who was bound."""
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


def describe_rebinding(row: RebindLog) -> tuple[str, str]:
    """Describe a rebinding for the timeline: which person moved the binding, and why."""
    return row.by_name, f"{row.from_broker.name} → {row.to_broker.name}: {row.reason}"
