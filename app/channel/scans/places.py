"""The place where a code was scanned, and the consultant who receives the customer there (CH-13, CH-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.channel.projects.models import Project
from app.channel.projects.queries import get_consultant
from app.channel.referrals.models import Referral
from app.channel.shared.codes import NOT_OFFERED
from app.kernel.database.session import db
from app.kernel.errors import Invalid

if TYPE_CHECKING:
    from app.channel.visitors.models import Visitor
    from app.org.shared.models import Staff


def project_of_scan(subject: Referral | Visitor, project_id: int | None, mine: frozenset[int]) -> int:
    """Return the id of the referral's project; for a visitor the chosen one, or the only one where the person
    works; 0 where there is none.

    :raises Invalid: for a visitor, when the person works at several projects and chose none.
    """
    if isinstance(subject, Referral):
        return subject.project_id
    if project_id is not None:
        return project_id
    statement = select(Project.id).where(Project.id.in_(mine), Project.active.is_(True))
    places = list(db.session.scalars(statement.limit(2)))
    if len(places) > 1:
        raise Invalid(project_id=_("This field is required"))
    return places[0] if places else 0


def consultant_of_scan(subject: Referral | Visitor, wanted: int | None, project_id: int) -> Staff:
    """Return the consultant who receives the customer: the chosen one, or else the one that the broker
    preferred (CH-13).

    :raises Invalid: for none, or for one who does not receive at the project.
    """
    chosen = wanted or (subject.consultant_id if isinstance(subject, Referral) else None)
    if chosen is None:
        raise Invalid(consultant_id=_("This field is required"))
    found = get_consultant(chosen, project_id)
    if found is None:
        raise Invalid(consultant_id=NOT_OFFERED)
    return found
