"""Property consultants: accounts, and departures that hand their customers over (CH-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from app.audit import services as audit
from app.channel.consultants import policies
from app.channel.projects.models import Project, ProjectMember
from app.channel.projects.queries import get_consultant, get_project, visible_consultants
from app.channel.referrals.models import Referral
from app.channel.referrals.queries import in_state
from app.channel.scans.models import OnsiteScan
from app.channel.shared.notifications import notify_person
from app.channel.shared.permissions import ConsultantPermission
from app.kernel import clock
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, NotFound
from app.kernel.translation import N_
from app.org.accounts.services import close_account
from app.org.roles import names as role_names
from app.org.shared.models import Account, Staff
from app.org.shared.version import invalidate_actors
from app.org.staff.services import KEEP, edit_staff, hire_staff

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.kernel.access.actor import Actor


OWN_ROLES = frozenset({role_names.CONSULTANT, role_names.ON_SITE})


def consultant_facts(staff_ids: Sequence[int]) -> dict[int, policies.ConsultantFacts]:
    """Return the facts that the rules need about a page of consultants, in one statement."""
    held = select(assoc_user_role.c.user_id).join(Role, Role.id == assoc_user_role.c.role_id)
    other = held.where(assoc_user_role.c.user_id.in_(staff_ids), Role.name.not_in(OWN_ROLES))
    busy = set(db.session.scalars(other))
    return {pk: policies.ConsultantFacts(has_other_duties=pk in busy) for pk in staff_ids}


def get_consultant_of(actor: Actor, pk: int, *, lock: bool = False) -> Staff:
    """Return a consultant whose account the actor may manage.

    :raises NotFound: when there is none.
    """
    return get_one(visible_consultants(actor).where(Staff.id == pk), lock=lock)


@transactional
def create_consultant(
    *,
    username: str,
    name: str,
    password: str,
    phone: str | None = None,
    employee_no: str | None = None,
    department_id: int | None = None,
    project_ids: Collection[int],
    actor: Actor,
) -> Staff:
    """Create a consultant with a login account, assigned to projects; the first password has to be changed.

    :raises Invalid: for what cannot be accepted.
    :raises Denied: 403 by rule; ``account.name_taken``, ``staff.number_taken``.
    """
    if not project_ids:
        raise Invalid(project_ids=_("This field is required"))
    policies.can_keep_consultants(actor, ConsultantPermission.CREATE).enforce()
    department = department_id or actor.department_id
    if department is None:
        raise Invalid(department_id=_("This field is required"))
    role = select(Role.id).where(Role.name == role_names.CONSULTANT)
    staff = hire_staff(
        username=username,
        name=name,
        password=password,
        phone=phone,
        employee_no=employee_no,
        department_id=department,
        role_ids=[db.session.scalars(role).one()],
        actor=actor,
    )
    for pk in sorted(set(project_ids)):
        _assign(staff, pk, actor)
    return staff


def _assign(staff: Staff, project_id: int, actor: Actor) -> None:
    try:
        project = get_project(project_id, actor=actor)
    except NotFound:
        raise Invalid(project_ids=_("Not one of the choices")) from None
    if project.company_id != staff.company_id:
        sentence = _(
            "%(project)s belongs to %(company)s; choose a department of that company",
            project=project.name,
            company=project.company.name,
        )
        raise Invalid(department_id=sentence)
    db.session.add(
        ProjectMember(
            project_id=project.id,
            duty="consultant",
            staff_id=staff.id,
            company_id=project.company_id,
            created_at=clock.now(),
        )
    )
    audit.record(actor, "project.staff", project, N_("%(name)s receives customers here"), name=staff.name)


def edit_consultant(
    pk: int,
    *,
    phone: str | None = KEEP,
    password: str | None = None,
    present_password: str | None = None,
    actor: Actor,
) -> Staff:
    """Change the password and the phone, the only things that may change (CH-20), as
    :func:`~app.org.staff.services.edit_staff`.
    """
    get_consultant_of(actor, pk)
    policies.can_keep_consultants(actor, ConsultantPermission.UPDATE).enforce()
    return edit_staff(pk, phone=phone, password=password, present_password=present_password, actor=actor)


@transactional
def depart_consultant(pk: int, *, receiver_id: int | None = None, reason: str = "", actor: Actor) -> Staff:
    """Close the account of a departing consultant and give their customers to another (CH-20).

    Visitors whose latest visit was assigned to them go along. The receiver has to work at every project
    concerned, and is notified. Only bound customers must have a receiver: any consultant of the project may
    receive a visitor who comes again.

    :raises Invalid: without a receiver while customers are bound, or for one who cannot be chosen.
    :raises Denied: 403 by rule; ``consultant.other_duties`` when other work needs a handover.
    """
    staff = get_consultant_of(actor, pk, lock=True)
    policies.can_depart_consultant(actor, staff, consultant_facts([pk])[pk]).enforce()
    moved = _give_customers(staff, receiver_id, actor)
    db.session.execute(delete(ProjectMember).where(ProjectMember.staff_id == pk))
    staff.status = "departed"
    audit.record(
        actor,
        "staff.depart",
        staff,
        N_("Departed; %(n)s customers went to another consultant"),
        {"status": ("active", "departed")},
        n=moved,
        reason=reason,
    )
    close_account(db.session.get_one(Account, pk, with_for_update=True), actor=actor)
    invalidate_actors()
    return staff


def _give_customers(staff: Staff, receiver_id: int | None, actor: Actor) -> int:
    """Give the consultant's assigned referrals and visitors to the receiver; return how many."""
    table = Referral.__table__.c
    mine = table.assigned_consultant_id == staff.id
    visits = _latest_visits(staff.id)
    places = {
        *db.session.scalars(scoped(select(table.project_id).where(mine).distinct())),
        *db.session.scalars(scoped(select(OnsiteScan.project_id).where(OnsiteScan.id.in_(visits)))),
    }
    if receiver_id is None:
        bound = scoped(select(func.count()).where(mine, in_state("bound", clock.now())))
        if db.session.scalar(bound):
            raise Invalid(receiver_id=_("Bound customers have to be given to another consultant"))
        return 0
    if receiver_id == staff.id or any(get_consultant(receiver_id, place) is None for place in places):
        raise Invalid(receiver_id=_("Not one of the choices"))
    values: dict[str, Any] = {"assigned_consultant_id": receiver_id}
    with unscoped("departure: all customers of the consultant go on to another (CH-20)"):
        pks = [*db.session.scalars(update(Referral).where(mine).values(values).returning(table.id))]
        given = update(OnsiteScan).where(OnsiteScan.id.in_(visits)).values(given_to_id=receiver_id)
        pks += db.session.scalars(given.returning(OnsiteScan.id)).all()
    if pks:
        notify_person(
            receiver_id,
            N_("%(n)s customers of %(name)s are yours to receive now"),
            actor,
            n=len(pks),
            name=staff.name,
        )
    return len(pks)


def _latest_visits(staff_id: int) -> list[int]:
    """Return the scans of visitors assigned to the consultant: the latest one at each project decides."""
    later = aliased(OnsiteScan)
    again = exists().where(
        later.visitor_id == OnsiteScan.visitor_id,
        later.project_id == OnsiteScan.project_id,
        tuple_(later.created_at, later.id) > tuple_(OnsiteScan.created_at, OnsiteScan.id),
    )
    theirs = or_(
        and_(OnsiteScan.consultant_id == staff_id, OnsiteScan.given_to_id.is_(None)),
        OnsiteScan.given_to_id == staff_id,
    )
    statement = select(OnsiteScan.id).where(theirs, OnsiteScan.visitor_id.is_not(None), ~again)
    return [*db.session.scalars(scoped(statement))]


def projects_of(staff_id: int) -> list[Project]:
    """List the projects where a consultant receives customers."""
    here = select(ProjectMember.project_id).where(
        ProjectMember.staff_id == staff_id, ProjectMember.duty == "consultant"
    )
    return list(db.session.scalars(select(Project).where(Project.id.in_(here)).order_by(Project.name)))
