"""Reading companies and departments: always scoped, marked for the guard (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, false, select

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.shared.models import Company, Department

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def departments_of(actor: Actor) -> Select[Department]:
    """The departments of one's company; all of them for those who see all."""
    statement = select(Department).order_by(Department.company_id, Department.path)
    if actor.opens_all:
        return statement
    if actor.company_id is None:
        return statement.where(false())
    return statement.where(Department.company_id == actor.company_id)


def get_department(pk: int, *, actor: Actor, lock: bool = False) -> Department | None:
    """A department that the actor may name, or None; ``lock`` holds its row until the transaction ends."""
    statement = departments_of(actor).where(Department.id == pk)
    return db.session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def companies_of(actor: Actor) -> Select[Company]:
    """One's own company; all of them for those who see all."""
    statement = select(Company)
    return statement if actor.opens_all else statement.where(Company.id == actor.company_id)


def get_company(pk: int, *, actor: Actor, lock: bool = False) -> Company:
    """A company within reach.

    :raises NotFound: when it is not there, or out of reach.
    """
    statement = companies_of(actor).where(Company.id == pk)
    return get_one(statement, lock=lock, key_share=True)
