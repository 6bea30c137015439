"""Queries of on-site scans: always scoped to the actor, marked for the guard (CH-13 … CH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.channel.referrals.models import Referral
from app.channel.scans.models import OnsiteScan
from app.channel.shared.permissions import ScanPermission, TourPermission
from app.channel.shared.queries import records_of_company
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.lists.grounds import AccessGround
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor


_R = Referral.__table__.c
_S = OnsiteScan.__table__.c
SCAN_PEOPLE = (
    joinedload(OnsiteScan.project),
    joinedload(OnsiteScan.broker),
    joinedload(OnsiteScan.bound_broker),
    joinedload(OnsiteScan.consultant),
    joinedload(OnsiteScan.staff),
)

SCANNERS = (joinedload(OnsiteScan.staff).load_only(Staff.name),)


def visible_scans(actor: Actor) -> Select[OnsiteScan]:
    """CH-16: on-site staff see their own scans; consultants those of customers assigned to them, and of
    visitors that a departed colleague left them (CH-20); the office sees all.
    """
    others = []
    if actor.may(ScanPermission.CREATE):
        others.append(AccessGround(None, _S.staff_id, (actor.id,)))
    if actor.may(TourPermission.CREATE):
        mine = select(_R.id).where(_R.assigned_consultant_id == actor.id)
        assigned = or_(_S.visitor_id.is_not(None), _S.referral_id.in_(mine))
        others.append(AccessGround(assigned, _S.consultant_id, (actor.id,)))
        others.append(AccessGround(None, _S.given_to_id, (actor.id,)))
    statement: Select[OnsiteScan] = records_of_company(
        scoped(select(OnsiteScan)), _S.company_id, actor, ScanPermission.READ, others
    )
    return statement


def get_scan(pk: int, *, actor: Actor) -> OnsiteScan:
    """Return a scan that the actor can open, with its people."""
    return get_one(visible_scans(actor).where(OnsiteScan.id == pk).options(*SCAN_PEOPLE), lock=False)


def count_visits(visitor_ids: Sequence[int], actor: Actor) -> dict[int, int]:
    """Count the scans of each visitor's code that the actor may see, in one statement (CH-28)."""
    column = OnsiteScan.visitor_id
    rows = visible_scans(actor).where(column.in_(visitor_ids)).with_only_columns(column, func.count())
    found: dict[int | None, int] = dict(db.session.execute(rows.group_by(column)).all())
    return {pk: found.get(pk, 0) for pk in visitor_ids}


def scans_of(referral_ids: Sequence[int]) -> Select[OnsiteScan]:
    """Select the scans of referrals."""
    found = select(OnsiteScan).where(OnsiteScan.referral_id.in_(referral_ids)).options(*SCAN_PEOPLE)
    return scoped(found)


def scans_of_visitor(visitor: Visitor) -> Select[OnsiteScan]:
    """Select the scans of a walk-in visitor's own code (CH-15)."""
    return scoped(select(OnsiteScan).where(OnsiteScan.visitor_id == visitor.id).options(*SCAN_PEOPLE))


def scanned_referral_grounds(actor: Actor) -> list[AccessGround]:
    """ACC-8: on-site staff open the referrals that they scanned."""
    if not actor.may(ScanPermission.CREATE):
        return []
    scanned = select(_S.referral_id).where(_S.staff_id == actor.id, _S.referral_id.is_not(None))
    return [AccessGround(_R.id.in_(scanned))]
