"""Reading the organisation: what forms offer and what names records show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, false, select

from app.kernel.db import db
from app.org.models import Department, District, Staff

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.actor import Actor


def colleagues(actor: Actor) -> Select[Staff]:
    """All active staff of one's company: naming a colleague is not limited by scope (ACC-15)."""
    statement = select(Staff).where(Staff.status == "active")
    if actor.company_id is None:
        return statement if actor.opens_all else statement.where(false())
    return statement.where(Staff.company_id == actor.company_id)


def get_colleague(pk: int, *, actor: Actor) -> Staff | None:
    """An active colleague of one's company, or None."""
    return db.session.scalars(colleagues(actor).where(Staff.id == pk)).one_or_none()


def get_staff(pk: int | None) -> Staff | None:
    """A member of staff by id, whoever asks."""
    return None if pk is None else db.session.get(Staff, pk)


def departments_of(actor: Actor) -> Select[Department]:
    """The departments of one's company; all of them for those who see all."""
    statement = select(Department).order_by(Department.company_id, Department.path)
    if actor.opens_all:
        return statement
    if actor.company_id is None:
        return statement.where(false())
    return statement.where(Department.company_id == actor.company_id)


def get_department(pk: int, *, actor: Actor) -> Department | None:
    """A department that the actor may name, or None."""
    return db.session.scalars(departments_of(actor).where(Department.id == pk)).one_or_none()


def all_districts() -> list[District]:
    """Every district, by code."""
    return list(db.session.scalars(select(District).order_by(District.code)))


def known_districts(pks: Iterable[int]) -> set[int]:
    """Those of the ids that are districts."""
    return set(db.session.scalars(select(District.id).where(District.id.in_(list(pks)))))


def district_names(pks: Iterable[int]) -> dict[int, str]:
    """Names by id, in one statement."""
    wanted = list(pks)
    if not wanted:
        return {}
    return dict(db.session.execute(select(District.id, District.name).where(District.id.in_(wanted))).all())
