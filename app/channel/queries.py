"""Reading channel sales: always scoped, marked for the guard (ACC-7, ACC-8).

A bound referral past its protection is expired in every list and count, whether or not the job ran (CH-17).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.channel.models import (
    Broker,
    BrokerCompany,
    Collision,
    OnsiteScan,
    Plot,
    Project,
    ProjectMember,
    Referral,
    Tour,
    ViewingFee,
    Visitor,
)
from app.channel.policies import NO_WORK_PROFILE, WorkProfile
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.fields.phones import canonical_phone, phone_index
from app.kernel.lists.counts import counts_up_to
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.kernel.pages.badges import badge
from app.org.roles import names as grants
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

R = TypeVar("R")

_R = Referral.__table__.c
_S = OnsiteScan.__table__.c
_T = Tour.__table__.c
_F = ViewingFee.__table__.c
_B = Broker.__table__.c
_MEMBER = ProjectMember.__table__.c

REFERRAL_PEOPLE = (
    joinedload(Referral.broker),
    joinedload(Referral.broker_company),
    joinedload(Referral.project),
    joinedload(Referral.consultant),
    joinedload(Referral.assigned_consultant),
)
SCAN_PEOPLE = (
    joinedload(OnsiteScan.project),
    joinedload(OnsiteScan.broker),
    joinedload(OnsiteScan.consultant),
    joinedload(OnsiteScan.staff),
)
TOUR_PEOPLE = (joinedload(Tour.project), joinedload(Tour.broker), joinedload(Tour.consultant))
FEE_PEOPLE = (
    joinedload(ViewingFee.broker),
    joinedload(ViewingFee.broker_company),
    joinedload(ViewingFee.referral),
)
SIDES = (
    joinedload(Collision.binding),
    joinedload(Collision.bound_referral).joinedload(Referral.broker),
    joinedload(Collision.referral).joinedload(Referral.broker),
    joinedload(Collision.visitor),
    joinedload(Collision.handled_by),
)
TABS = ("all", "entered", "reported", "bound", "expired", "closed")


def get_work_profile(actor: Actor) -> WorkProfile:
    """What the policies must know of the person: one statement, none for the rest of the office."""
    if actor.roles & {grants.BROKER, grants.BROKER_ON_SITE}:
        return WorkProfile(broker=get_broker_of(actor))
    if actor.department_id is None:
        return NO_WORK_PROFILE
    rows = db.session.execute(
        select(_MEMBER.duty, _MEMBER.project_id).where(_MEMBER.staff_id == actor.id)
    ).all()
    return WorkProfile(
        onsite_at=frozenset(pk for duty, pk in rows if duty == "onsite"),
        consults_at=frozenset(pk for duty, pk in rows if duty == "consultant"),
    )


def get_broker_of(actor: Actor) -> Broker | None:
    """The person's own profile as a broker."""
    statement = select(Broker).where(Broker.id == actor.id).options(joinedload(Broker.broker_company))
    return db.session.scalars(statement).one_or_none()


def _office(
    found: Select[Any], column: Any, actor: Actor, resource: str, others: Sequence[AccessGround] = ()
) -> Any:
    """Everything for those who open everything, the company's for its back office, and what else is said."""
    if actor.opens_all:
        return found
    ways = [*others]
    if actor.company_id is not None and actor.may("read", resource):
        ways.insert(0, AccessGround(None, column, (actor.company_id,)))
    return narrow_to_grounds(found, ways)


def _approved_company(actor: Actor) -> Any:
    """The broker company of somebody who may work there now."""
    own = select(_B.broker_company_id).where(_B.id == actor.id, _B.review_state == "approved")
    return own.scalar_subquery()


def _referral_ways(actor: Actor) -> list[AccessGround]:
    """ACC-8: a broker's own; what a company on-site entered for their company's brokers; what on-site staff
    scanned; what the latest scan assigned to a consultant.
    """
    ways = []
    if grants.BROKER in actor.roles:
        ways.append(AccessGround(None, _R.broker_id, (actor.id,)))
    elif grants.BROKER_ON_SITE in actor.roles:
        company = _approved_company(actor)
        mine = company.is_not(None)
        theirs = and_(_R.broker_company_id == company, _R.entered_by_id != _R.broker_id)
        ways += [
            AccessGround(mine, _R.broker_id, (actor.id,)),
            AccessGround(theirs, _R.entered_by_id, (actor.id,)),
        ]
    if actor.may("create", "Scan"):
        scanned = select(_S.referral_id).where(_S.staff_id == actor.id, _S.referral_id.is_not(None))
        ways.append(AccessGround(_R.id.in_(scanned)))
    if actor.may("create", "Tour"):
        ways.append(AccessGround(None, _R.assigned_consultant_id, (actor.id,)))
    return ways


def visible_referrals(actor: Actor) -> Select[Referral]:
    """Every referral that the person can open (ACC-7, ACC-8)."""
    found = scoped(select(Referral))
    statement: Select[Referral] = _office(found, _R.company_id, actor, "Referral", _referral_ways(actor))
    return statement


def in_state(state: str, moment: datetime) -> ColumnElement[bool]:
    """The state at a moment, as a condition that the state's index serves."""
    if state == "bound":
        return and_(_R.state == "bound", _R.expires_at > moment)
    if state == "expired":
        return or_(_R.state == "expired", and_(_R.state == "bound", _R.expires_at <= moment))
    return _R.state == state  # type: ignore[no-any-return]


def referrals_in(actor: Actor, tab: str) -> Select[Referral]:
    """One tab of the list of referrals (CH-10)."""
    found = visible_referrals(actor)
    return found if tab == "all" else found.where(in_state(tab, clock.now()))


def count_tabs(actor: Actor) -> dict[str, int]:
    """How many referrals each tab has, no further than the lists count, in one statement (CH-10)."""
    return counts_up_to({tab: referrals_in(actor, tab) for tab in TABS})


def get_referral(pk: int, *, actor: Actor, lock: bool = False) -> Referral:
    """A referral that the person can open, with its people; locked for a change if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = visible_referrals(actor).where(Referral.id == pk).options(*REFERRAL_PEOPLE)
    return _one(statement, lock=lock)


def visible_scans(actor: Actor) -> Select[OnsiteScan]:
    """CH-16: on-site staff their own; consultants those of customers assigned to them, visitors whom a
    departed colleague left them too (CH-20); the office all.
    """
    others = []
    if actor.may("create", "Scan"):
        others.append(AccessGround(None, _S.staff_id, (actor.id,)))
    if actor.may("create", "Tour"):
        mine = select(_R.id).where(_R.assigned_consultant_id == actor.id)
        assigned = or_(_S.visitor_id.is_not(None), _S.referral_id.in_(mine))
        others.append(AccessGround(assigned, _S.consultant_id, (actor.id,)))
        others.append(AccessGround(None, _S.given_to_id, (actor.id,)))
    statement: Select[OnsiteScan] = _office(scoped(select(OnsiteScan)), _S.company_id, actor, "Scan", others)
    return statement


def get_scan(pk: int, *, actor: Actor) -> OnsiteScan:
    """A scan that the person can open, with its people."""
    return _one(visible_scans(actor).where(OnsiteScan.id == pk).options(*SCAN_PEOPLE), lock=False)


def visible_tours(actor: Actor) -> Select[Tour]:
    """CH-21: a consultant's own; the office all."""
    own = [AccessGround(None, _T.consultant_id, (actor.id,))] if actor.may("create", "Tour") else []
    statement: Select[Tour] = _office(scoped(select(Tour)), _T.company_id, actor, "Tour", own)
    return statement


def get_tour(pk: int, *, actor: Actor, lock: bool = False) -> Tour:
    """A tour that the person can open."""
    return _one(visible_tours(actor).where(Tour.id == pk).options(*TOUR_PEOPLE), lock=lock)


def visible_fees(actor: Actor) -> Select[ViewingFee]:
    """CH-25: the office's."""
    statement: Select[ViewingFee] = _office(scoped(select(ViewingFee)), _F.company_id, actor, "ViewingFee")
    return statement


def get_fee(pk: int, *, actor: Actor, lock: bool = False) -> ViewingFee:
    """A viewing fee that the person can open."""
    return _one(visible_fees(actor).where(ViewingFee.id == pk).options(*FEE_PEOPLE), lock=lock)


def visible_collisions(actor: Actor) -> Select[Collision]:
    """CH-19: the director's; in the order of ``place`` open ones come first."""
    column = Collision.__table__.c.company_id
    statement: Select[Collision] = _office(scoped(select(Collision)), column, actor, "Collision")
    return statement


def open_collisions(actor: Actor) -> Select[Collision]:
    """Those that wait for a decision (CH-19)."""
    return visible_collisions(actor).where(Collision.__table__.c.handled_at.is_(None))


def handled_collisions(actor: Actor) -> Select[Collision]:
    """Those that were decided."""
    return visible_collisions(actor).where(Collision.__table__.c.handled_at.is_not(None))


def get_collision(pk: int, *, actor: Actor, lock: bool = False) -> Collision:
    """A collision that the person can open, with both sides."""
    statement = visible_collisions(actor).where(Collision.id == pk).options(*SIDES)
    return _one(statement, lock=lock)


def visible_visitors(actor: Actor) -> Select[Visitor]:
    """CH-28: oneself; the office everybody."""
    found = scoped(select(Visitor))
    if actor.opens_all or actor.may("read", "Visitor"):
        return found
    return found.where(Visitor.id == actor.id)


def visible_brokers(actor: Actor) -> Select[Broker]:
    """CH-5, CH-9: oneself; a company on-site the brokers of their company; the office everybody."""
    if actor.opens_all or actor.may("read", "Broker"):
        return select(Broker)
    if grants.BROKER_ON_SITE in actor.roles:
        company = _approved_company(actor)
        return select(Broker).where(or_(Broker.id == actor.id, Broker.broker_company_id == company))
    return select(Broker).where(Broker.id == actor.id)


def get_broker(pk: int, *, actor: Actor, lock: bool = False) -> Broker:
    """A broker that the person can open."""
    statement = visible_brokers(actor).where(Broker.id == pk).options(joinedload(Broker.broker_company))
    return _one(statement, lock=lock)


def visible_companies(actor: Actor) -> Select[BrokerCompany]:
    """CH-2: the office all of them; the others those that are offered."""
    if actor.opens_all or actor.may("read", "BrokerCompany"):
        return select(BrokerCompany)
    return offered_companies()


def offered_companies() -> Select[BrokerCompany]:
    """CH-3: the companies that somebody who registers may choose."""
    return select(BrokerCompany).where(BrokerCompany.active.is_(True))


def visible_projects(actor: Actor) -> Select[Project]:
    """CH-1: the office its company's; people from outside the active ones; staff where they are assigned."""
    found = select(Project)
    if actor.opens_all:
        return found
    if actor.company_id is None:
        return found.where(Project.active.is_(True)) if actor.may("use", "Project") else found.where(false())
    if actor.may("read", "Project"):
        return found.where(Project.company_id == actor.company_id)
    assigned = select(_MEMBER.project_id).where(_MEMBER.staff_id == actor.id)
    return found.where(Project.id.in_(assigned))


def get_project(pk: int, *, actor: Actor, lock: bool = False) -> Project:
    """A project that the person can open."""
    return _one(visible_projects(actor).where(Project.id == pk), lock=lock)


def visible_plots(actor: Actor) -> Select[Plot]:
    """CH-1: the plots of the projects that the person can open."""
    return select(Plot).where(Plot.project_id.in_(visible_projects(actor).with_only_columns(Project.id)))


def members_of(project_id: int, duty: str) -> Select[Staff]:
    """The active colleagues who scan (``onsite``) or receive (``consultant``) at a project, by name."""
    here = select(_MEMBER.staff_id).where(_MEMBER.project_id == project_id, _MEMBER.duty == duty)
    return select(Staff).where(Staff.id.in_(here), Staff.status == "active").order_by(Staff.name, Staff.id)


def get_consultant(pk: int, project_id: int) -> Staff | None:
    """An active consultant of the project, or None."""
    return db.session.scalars(members_of(project_id, "consultant").where(Staff.id == pk)).one_or_none()


def visible_consultants(actor: Actor) -> Select[Staff]:
    """CH-20: everybody who receives customers at a project, departed ones aside."""
    duty = select(_MEMBER.staff_id).where(_MEMBER.duty == "consultant")
    found = select(Staff).where(Staff.id.in_(duty), Staff.status != "departed")
    if actor.opens_all:
        return found
    if actor.company_id is None or not actor.may("read", "Consultant"):
        return found.where(false())
    return found.where(Staff.company_id == actor.company_id)


def offered_consultants(actor: Actor) -> Select[Staff]:
    """CH-7, CH-13: whom a broker may wish for and on-site staff may choose: the active consultants of the
    projects that the person works with.
    """
    places = visible_projects(actor).with_only_columns(Project.id)
    here = select(_MEMBER.staff_id).where(_MEMBER.duty == "consultant", _MEMBER.project_id.in_(places))
    return select(Staff).where(Staff.id.in_(here), Staff.status == "active")


def count_bound(staff_ids: Sequence[int]) -> dict[int, int]:
    """CH-20: how many customers are bound and assigned to each, in one statement."""
    rows = scoped(
        select(_R.assigned_consultant_id, func.count())
        .where(_R.assigned_consultant_id.in_(staff_ids), in_state("bound", clock.now()))
        .group_by(_R.assigned_consultant_id)
    )
    found: dict[int, int] = dict(db.session.execute(rows).all())
    return {pk: found.get(pk, 0) for pk in staff_ids}


def count_visits(visitor_ids: Sequence[int], actor: Actor) -> dict[int, int]:
    """CH-28: how often the code of each visitor was scanned, where the person may see it; one statement."""
    column = OnsiteScan.visitor_id
    rows = visible_scans(actor).where(column.in_(visitor_ids)).with_only_columns(column, func.count())
    found: dict[int | None, int] = dict(db.session.execute(rows.group_by(column)).all())
    return {pk: found.get(pk, 0) for pk in visitor_ids}


def find_account_of_phone(phone: str) -> int | None:
    """CH-3: the account that a proved number signs in: a broker's, else a visitor's."""
    try:
        number = canonical_phone(phone)
    except ValueError:
        return None
    broker = db.session.scalar(select(Broker.id).where(Broker.phone == number))
    if broker is not None:
        return broker
    return db.session.scalar(
        scoped(select(Visitor.id).where(Visitor.__table__.c.phone_index == phone_index(number)))
    )


def _one(statement: Select[R], *, lock: bool) -> R:
    if lock:
        root = statement.column_descriptions[0]["entity"]
        statement = statement.with_for_update(of=root).execution_options(populate_existing=True)
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _open_collisions(actor: Actor) -> Any:
    """CH-19: those that wait for a decision; nothing for those who do not decide."""
    if not actor.may("handle", "Collision"):
        return literal(0)
    table = Collision.__table__.c
    counted = select(func.count()).select_from(Collision.__table__).where(table.handled_at.is_(None))
    if not actor.sees_all:
        counted = counted.where(table.company_id == actor.company_id)
    return counted.scalar_subquery()


def _waiting_brokers(actor: Actor) -> Any:
    """CH-4: company on-sites that wait for review."""
    if not actor.may("review", "Broker"):
        return literal(0)
    waiting = select(func.count()).select_from(Broker.__table__).where(_B.review_state == "pending")
    return waiting.scalar_subquery()


badge("collisions", _open_collisions)
badge("broker_reviews", _waiting_brokers)
