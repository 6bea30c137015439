"""Queries of projects and plots: always scoped to the actor, marked for the guard (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, false, select

from app.channel.projects.choices import DUTY
from app.channel.projects.models import Plot, Project, ProjectMember
from app.channel.shared.permissions import ConsultantPermission, ProjectPermission
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


_MEMBER = ProjectMember.__table__.c


def visible_projects(actor: Actor) -> Select[Project]:
    """CH-1: the office sees its company's; people from outside active ones; staff those of their duties."""
    found = select(Project)
    if actor.opens_all:
        return found
    if actor.company_id is None:
        return (
            found.where(Project.active.is_(True))
            if actor.may(ProjectPermission.USE)
            else found.where(false())
        )
    if actor.may(ProjectPermission.READ):
        return found.where(Project.company_id == actor.company_id)
    assigned = select(_MEMBER.project_id).where(_MEMBER.staff_id == actor.id)
    return found.where(Project.id.in_(assigned))


def get_project(pk: int, *, actor: Actor, lock: bool = False) -> Project:
    """Return a project that the actor can open."""
    return get_one(visible_projects(actor).where(Project.id == pk), lock=lock)


def visible_plots(actor: Actor) -> Select[Plot]:
    """Select the plots of the projects that the actor can open (CH-1)."""
    return select(Plot).where(Plot.project_id.in_(visible_projects(actor).with_only_columns(Project.id)))


def members_of(project_id: int, duty: str) -> Select[Staff]:
    """Select active colleagues who scan (``onsite``) or receive (``consultant``) at a project, by name."""
    here = select(_MEMBER.staff_id).where(_MEMBER.project_id == project_id, _MEMBER.duty == duty)
    return (
        select(Staff).where(Staff.id.in_(here), Staff.status == "active").order_by(Staff.name_sort, Staff.id)
    )


def member_ids(project: Project) -> dict[str, list[int]]:
    """Return who works at the project now, duty by duty, as the form that assigns them takes it."""
    found = select(_MEMBER.duty, _MEMBER.staff_id).where(_MEMBER.project_id == project.id)
    rows = db.session.execute(found).all()
    return {f"{duty}_ids": [pk for one, pk in rows if one == duty] for duty in DUTY.codes}


def get_consultant(pk: int, project_id: int) -> Staff | None:
    """Return an active consultant of the project, or None."""
    return db.session.scalars(members_of(project_id, "consultant").where(Staff.id == pk)).one_or_none()


def visible_consultants(actor: Actor) -> Select[Staff]:
    """CH-20: all staff who receive customers at a project, except departed ones."""
    duty = select(_MEMBER.staff_id).where(_MEMBER.duty == "consultant")
    found = select(Staff).where(Staff.id.in_(duty), Staff.status != "departed")
    if actor.opens_all:
        return found
    if actor.company_id is None or not actor.may(ConsultantPermission.READ):
        return found.where(false())
    return found.where(Staff.company_id == actor.company_id)


def offered_consultants(actor: Actor) -> Select[Staff]:
    """CH-7, CH-13: the consultants that a broker may prefer and on-site staff may choose: the active ones of
    the projects where the actor works.
    """
    places = visible_projects(actor).with_only_columns(Project.id)
    here = select(_MEMBER.staff_id).where(_MEMBER.duty == "consultant", _MEMBER.project_id.in_(places))
    return select(Staff).where(Staff.id.in_(here), Staff.status == "active")
