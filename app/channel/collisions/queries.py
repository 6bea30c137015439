"""Queries of collisions and rebindings: scoped to the actor, marked for the guard (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.channel.brokers.models import Broker
from app.channel.collisions.models import Collision, RebindLog
from app.channel.referrals.models import Referral
from app.channel.shared.permissions import CollisionPermission
from app.channel.shared.queries import records_of_company
from app.channel.visitors.models import Visitor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


SIDES = (
    joinedload(Collision.binding),
    joinedload(Collision.bound_referral).joinedload(Referral.broker),
    joinedload(Collision.referral).joinedload(Referral.broker),
    joinedload(Collision.visitor),
    joinedload(Collision.handled_by),
)


def _code_and_broker(side: Any) -> Any:
    of_side = joinedload(side)
    return of_side.load_only(Referral.code).joinedload(Referral.broker).load_only(Broker.name)


SIDE_NAMES = (
    _code_and_broker(Collision.bound_referral),
    _code_and_broker(Collision.referral),
    joinedload(Collision.visitor).load_only(Visitor.code, Visitor.name),
)


def visible_collisions(actor: Actor) -> Select[Collision]:
    """CH-19: all collisions for the director, in the order of ``place``, open ones first."""
    column = Collision.__table__.c.company_id
    statement: Select[Collision] = records_of_company(
        scoped(select(Collision)), column, actor, CollisionPermission.READ
    )
    return statement


def open_collisions(actor: Actor) -> Select[Collision]:
    """Select the collisions that wait for a decision (CH-19)."""
    return visible_collisions(actor).where(Collision.__table__.c.handled_at.is_(None))


def handled_collisions(actor: Actor) -> Select[Collision]:
    """Select the collisions that were decided."""
    return visible_collisions(actor).where(Collision.__table__.c.handled_at.is_not(None))


def get_collision(pk: int, *, actor: Actor, lock: bool = False) -> Collision:
    """Return a collision that the actor can open, with both sides."""
    statement = visible_collisions(actor).where(Collision.id == pk).options(*SIDES)
    return get_one(statement, lock=lock)


def count_open_collisions(actor: Actor) -> Any:
    """Count the collisions that wait for a decision, for those who decide (CH-19)."""
    if not actor.may(CollisionPermission.HANDLE):
        return literal(0)
    table = Collision.__table__.c
    counted = select(func.count()).select_from(Collision.__table__).where(table.handled_at.is_(None))
    if not actor.sees_all:
        counted = counted.where(table.company_id == actor.company_id)
    return counted.scalar_subquery()


BOTH_BROKERS = (joinedload(RebindLog.from_broker), joinedload(RebindLog.to_broker))


def rebinds_of(referral_ids: Sequence[int]) -> Select[RebindLog]:
    """Select the rebindings from and to referrals that the caller has already loaded (CH-23)."""
    return select(RebindLog).where(either_side_of(referral_ids)).options(*BOTH_BROKERS)


def either_side_of(referral_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that one of the referrals gave or received the binding."""
    return or_(RebindLog.from_referral_id.in_(referral_ids), RebindLog.to_referral_id.in_(referral_ids))


def collisions_of(referral_ids: Sequence[int]) -> Select[Collision]:
    """Select the collisions with referrals on either side."""
    sides = or_(Collision.bound_referral_id.in_(referral_ids), Collision.referral_id.in_(referral_ids))
    return scoped(select(Collision).where(sides).options(*SIDES))
