"""Customers assigned to a consultant by the latest scan, or by a colleague's departure (CH-13, CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, exists, not_, select, tuple_
from sqlalchemy.orm import contains_eager

from app.channel.projects.models import Project, ProjectMember
from app.channel.referrals.models import Referral
from app.channel.referrals.queries import REFERRAL_PEOPLE
from app.channel.scans.models import OnsiteScan
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.lists.counts import counts_up_to
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


_R = Referral.__table__.c
_S = OnsiteScan.__table__.c


def assigned_referrals(actor: Actor) -> Select[Referral]:
    """Select the brokers' customers that the consultant receives (CH-21)."""
    return narrow_to_grounds(
        scoped(select(Referral)), [AccessGround(None, _R.assigned_consultant_id, (actor.id,))]
    )


def assigned_visits(actor: Actor) -> Select[OnsiteScan]:
    """Select walk-in visitors by their latest scan at a project, where it is assigned to the consultant by
    the scan itself or by a departed colleague (CH-20, CH-21).
    """
    later = OnsiteScan.__table__.alias("later").c
    is_newer = tuple_(later.created_at, later.id) > tuple_(_S.created_at, _S.id)
    again = exists().where(later.visitor_id == _S.visitor_id, later.project_id == _S.project_id, is_newer)
    latest = and_(_S.visitor_id.is_not(None), not_(again))
    own = AccessGround(and_(latest, _S.given_to_id.is_(None)), _S.consultant_id, (actor.id,))
    given = AccessGround(latest, _S.given_to_id, (actor.id,))
    return narrow_to_grounds(scoped(select(OnsiteScan)), [own, given])


def duties_of(actor: Actor) -> list[ProjectMember]:
    """List where a colleague scans and receives, with the projects, by name, in one statement (CH-1)."""
    mine = select(ProjectMember).where(ProjectMember.staff_id == actor.id).join(ProjectMember.project)
    mine = mine.options(contains_eager(ProjectMember.project)).order_by(Project.name, ProjectMember.duty)
    return list(db.session.scalars(mine))


def count_assigned(actor: Actor) -> dict[str, int]:
    """Count both kinds in one statement, no further than lists count."""
    return counts_up_to({"customers": assigned_referrals(actor), "visitors": assigned_visits(actor)})


def get_assigned(pk: int, *, actor: Actor) -> Referral:
    """Return a broker's customer that the consultant receives, with their people.

    :raises NotFound: when another consultant receives them, or none exists.
    """
    statement = assigned_referrals(actor).where(Referral.id == pk).options(*REFERRAL_PEOPLE)
    return get_one(statement)
