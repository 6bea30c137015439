"""Collisions: recorded when another's customer is entered, reported or scanned; decided by the director
(CH-15, CH-18, CH-19).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.channel.collisions import choices, policies
from app.channel.collisions.models import Collision
from app.channel.collisions.queries import SIDES, get_collision
from app.channel.collisions.rebinding import move_binding
from app.channel.referrals.bindings import lock_identity
from app.channel.referrals.models import Binding
from app.channel.shared.notifications import notify_permitted, notify_person
from app.channel.shared.permissions import CollisionPermission
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.records import upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.referrals.models import Referral
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


OCCASIONS = {
    "enter": N_("The customer was entered by somebody else"),
    "report": N_("The customer was reported by somebody else"),
    "scan": N_("The customer came through somebody else"),
}

PROBABLY = N_("Probably the same customer came through somebody else")


def record_collisions(
    bindings: Iterable[Binding],
    *,
    kind: str = "certain",
    referral: Referral | None = None,
    visitor: Visitor | None = None,
    occasion: str,
    actor: Actor,
) -> list[Collision]:
    """Record that another broker or a visitor met the customer of these live bindings; the caller commits.

    One open collision per binding and referral (or visitor): a repeat raises its count and time, decided by
    the database. The directors are notified of a new one (CH-18). A ``probable`` one takes the kind that the
    director has decided before; two persons who were found to be different no longer collide (CH-8).
    """
    made = []
    for binding in bindings:
        known = kind if kind == "certain" else _decided_kind(binding, referral, visitor)
        if known is None:
            continue
        pk, count = _count_up(binding, known, referral, visitor, occasion)
        statement = select(Collision).where(Collision.id == pk).options(*SIDES)
        fresh = scoped(statement.execution_options(populate_existing=True))
        collision = db.session.scalars(fresh).one()
        made.append(collision)
        changed = {"count": (count - 1, count)}
        message = OCCASIONS[occasion] if collision.kind == "certain" else PROBABLY
        audit.record(actor, "collision.record", collision, message, changed)
        if count == 1:
            _notify_directors(collision, referral, visitor, actor)
    return made


def _decided_kind(binding: Binding, referral: Referral | None, visitor: Visitor | None) -> str | None:
    """Return the kind that the director's earlier decision gives; None where the two are different persons
    (CH-8).
    """
    statement = select(Collision).where(
        Collision.binding_id == binding.id,
        Collision.referral_id.is_not_distinct_from(referral.id if referral else None),
        Collision.visitor_id.is_not_distinct_from(visitor.id if visitor else None),
    )
    latest = db.session.scalars(scoped(statement.order_by(Collision.id.desc()).limit(1))).one_or_none()
    if latest is None:
        return "probable"
    if latest.outcome == "different":
        return None
    return "certain" if latest.outcome == "same_person" else latest.kind


def _count_up(
    binding: Binding, kind: str, referral: Referral | None, visitor: Visitor | None, occasion: str
) -> tuple[int, int]:
    moment, table = clock.now(), Collision.__table__.c
    again: dict[str, Any] = {"last_at": moment, "place": Collision.open_place(moment), "occasion": occasion}
    if kind == "certain":
        again["kind"] = kind
    where = "handled_at IS NULL" if referral else "handled_at IS NULL AND visitor_id IS NOT NULL"
    values: dict[str, Any] = {
        "company_id": binding.company_id,
        "project_id": binding.project_id,
        "binding_id": binding.id,
        "bound_referral_id": binding.referral_id,
        "referral_id": referral.id if referral else None,
        "visitor_id": visitor.id if visitor else None,
        "count": 1,
        "note": "",
        "kind": kind,
        "created_at": moment,
        **again,
    }
    statement = upsert(
        Collision,
        values,
        unique=("binding_id", "referral_id" if referral else "visitor_id"),
        where=where,
        changes={**again, "count": table["count"] + 1},
    )
    pk, count = db.session.execute(scoped(statement.returning(table.id, table["count"]))).one()
    return pk, count


def _notify_directors(
    collision: Collision, referral: Referral | None, visitor: Visitor | None, actor: Actor
) -> None:
    bound = collision.bound_referral
    who = referral.broker.name if referral else visitor.name if visitor else ""
    message = (
        N_("Collision: %(name)s (%(code)s) of %(broker)s came through %(who)s")
        if collision.kind == "certain"
        else N_("Probable collision: %(name)s (%(code)s) of %(broker)s seems to have come through %(who)s")
    )
    notify_permitted(
        CollisionPermission.HANDLE,
        collision.company_id,
        message,
        actor,
        about=collision,
        name=bound.name,
        code=bound.code,
        broker=bound.broker.name,
        who=who,
    )


@transactional
def handle_collision(pk: int, *, outcome: str, note: str, actor: Actor) -> Collision:
    """Decide a collision: keep, rebind to the broker who reported, or another outcome (CH-19).

    Rebinding runs CH-23 with the note as its reason, and settles the binding's other open collisions too. For
    a probable collision the first decision is whether it is the ``same_person`` or a ``different`` one
    (CH-8). It stays open after ``same_person`` if exactly one of the two is bound, for the decision above.

    :raises Invalid: for an unknown outcome or an empty note.
    :raises Denied: ``collision.handled``, ``collision.binding_over``, ``collision.no_broker``.
    """
    seen = get_collision(pk, actor=actor)
    if outcome not in choices.COLLISION_OUTCOME:
        raise Invalid(outcome=_("Not one of the choices"))
    if not note.strip():
        raise Invalid(note=_("This field is required"))
    for key in sorted(_name_keys(seen)):
        lock_identity(seen.project_id, key)
    collision = get_collision(pk, actor=actor, lock=True)
    policies.can_handle(actor, collision).enforce()
    if outcome not in choices.OUTCOMES[collision.kind]:
        raise Invalid(outcome=_("Not one of the choices"))
    if outcome == "same_person" and _count_living(collision) == 1:
        return _confirm(collision, note, actor)
    if outcome == "rebind":
        _rebind(collision, note, actor)
    if collision.is_open:
        collision.handle(outcome, note, actor.id, clock.now())
    changed = {"outcome": ("", outcome)}
    audit.record(actor, "collision.handle", collision, N_("Handled: %(note)s"), changed, note=note)
    _notify_sides(collision, outcome, actor)
    return collision


def _confirm(collision: Collision, note: str, actor: Actor) -> Collision:
    """Say that a probable collision is a certain one; it stays open for the decision (CH-8)."""
    collision.confirm()
    confirmed = {"kind": ("probable", "certain")}
    audit.record(actor, "collision.confirm", collision, N_("The same person: %(note)s"), confirmed, note=note)
    return collision


def _rebind(collision: Collision, note: str, actor: Actor) -> None:
    """Move the binding to the broker who reported, unless it is theirs already (CH-23)."""
    judge_rebinding(collision).enforce()
    binding, target = collision.binding, collision.referral
    if target is not None and target.broker_id != binding.broker_id:
        move_binding(binding, target.broker_id, wanted=target.id, reason=note, actor=actor)
        db.session.refresh(collision)


def _name_keys(collision: Collision) -> set[str]:
    """Return the name keys of both sides, which are the names of the identities' locks."""
    sides = (collision.bound_referral, collision.referral, collision.visitor)
    return {side.name_key for side in sides if side is not None}


def _count_living(collision: Collision) -> int:
    """Return how many bindings of the two sides are live: the one that collided, and the other side's own."""
    moment, other = clock.now(), collision.referral_id
    bindings = [collision.binding]
    if other is not None and other != collision.binding.referral_id:
        bindings += db.session.scalars(select(Binding).where(Binding.referral_id == other))
    return sum(one.lives_at(moment) for one in bindings)


def judge_rebinding(collision: Collision) -> Decision:
    """Return whether rebinding can settle the collision now; a loaded collision has its binding
    loaded too.
    """
    binding = collision.binding
    lives = binding.state == "live" and binding.lives_at(clock.now())
    return policies.can_settle_by_rebinding(collision, lives=lives)


def _notify_sides(collision: Collision, outcome: str, actor: Actor) -> None:
    """Notify both brokers of the decision. A rebinding has notified them already, and a probable collision
    was never shown to them.
    """
    if outcome == "rebind" or collision.referral is None or collision.kind == "probable":
        return
    for side in (collision.bound_referral, collision.referral):
        notify_person(
            side.broker_id,
            N_("The collision about %(name)s (%(code)s) was decided"),
            actor,
            about=side,
            name=side.name,
            code=side.code,
        )
