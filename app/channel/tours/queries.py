"""Queries of tours: always scoped to the actor, marked for the guard (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.channel.shared.permissions import TourPermission
from app.channel.shared.queries import records_of_company
from app.channel.tours.models import Tour
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.lists.grounds import AccessGround
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor


_T = Tour.__table__.c
GUIDES = (joinedload(Tour.consultant).load_only(Staff.name),)
TOUR_PEOPLE = (joinedload(Tour.project), joinedload(Tour.broker), joinedload(Tour.consultant))


def visible_tours(actor: Actor) -> Select[Tour]:
    """CH-21: consultants see their own tours, the office all."""
    own = [AccessGround(None, _T.consultant_id, (actor.id,))] if actor.may(TourPermission.CREATE) else []
    statement: Select[Tour] = records_of_company(
        scoped(select(Tour)), _T.company_id, actor, TourPermission.READ, own
    )
    return statement


def get_tour(pk: int, *, actor: Actor, lock: bool = False) -> Tour:
    """Return a tour that the actor can open."""
    return get_one(visible_tours(actor).where(Tour.id == pk).options(*TOUR_PEOPLE), lock=lock)


def tours_of(referral_ids: Sequence[int]) -> Select[Tour]:
    """Select the tours of referrals."""
    return scoped(select(Tour).where(Tour.referral_id.in_(referral_ids)).options(*TOUR_PEOPLE))


def tours_of_visitor(visitor: Visitor) -> Select[Tour]:
    """Select the tours of a walk-in visitor (CH-15)."""
    return scoped(select(Tour).where(Tour.visitor_id == visitor.id).options(*TOUR_PEOPLE))
