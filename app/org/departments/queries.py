"""Reading companies and departments: always scoped, marked for the guard (ACC-1)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, exists, false, not_, or_, select
from sqlalchemy.orm import aliased

from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.departments.policies import DepartmentFacts
from app.org.shared.models import Company, Department, Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement

    from app.kernel.access.actor import Actor


def departments_of(actor: Actor) -> Select[Department]:
    """Return the departments of the actor's company; all of them for those who see all."""
    statement = select(Department).order_by(Department.company_id, Department.path)
    if actor.opens_all:
        return statement
    if actor.company_id is None:
        return statement.where(false())
    return statement.where(Department.company_id == actor.company_id)


def get_department(pk: int, *, actor: Actor, lock: bool = False) -> Department:
    """Return a department that the actor may name.

    :raises NotFound: when it does not exist, or is outside the scope.
    """
    return get_one(departments_of(actor).where(Department.id == pk), lock=lock)


def find_department(pk: int, *, actor: Actor) -> Department | None:
    """Return a department that the actor may name in a form, or None."""
    return db.session.scalars(departments_of(actor).where(Department.id == pk)).one_or_none()


def companies_of(actor: Actor) -> Select[Company]:
    """Return the actor's company; all companies for those who see all."""
    statement = select(Company)
    return statement if actor.opens_all else statement.where(Company.id == actor.company_id)


def get_company(pk: int, *, actor: Actor, lock: bool = False) -> Company:
    """Return a company in the actor's scope.

    :raises NotFound: when it does not exist, or is outside the scope.
    """
    statement = companies_of(actor).where(Company.id == pk)
    return get_one(statement, lock=lock, key_share=True)


def department_facts(
    departments: Sequence[Department], *, complete: bool = False
) -> dict[int, DepartmentFacts]:
    """Return what the policies read about a page of departments, in one statement (ACC-1).

    Lists only need to know whether each could move; ``complete`` also finds the records that belong to it.
    """
    row, other = Department, aliased(Department)
    outside = exists().where(other.company_id == row.company_id, not_(other.path.startswith(row.path)))
    marks: dict[str, ColumnElement[bool]] = {"has_other_place": or_(row.parent_id.is_not(None), outside)}
    if complete:
        below = exists().where(other.parent_id == row.id)
        staff = exists().where(Staff.department_id == row.id)
        records = or_(*(exists().where(column == row.id) for column in _record_columns()))
        # Most departments have staff: then the tables of records, which may be long, are not searched.
        marks |= {
            "has_children": below,
            "has_staff": staff,
            "has_records": and_(not_(below), not_(staff), records),
        }
    found = select(row.id, *(mark.label(name) for name, mark in marks.items()))
    rows = db.session.execute(scoped(found.where(row.id.in_([one.id for one in departments]))))
    return {
        one["id"]: DepartmentFacts(**{name: bool(one[name]) for name in marks}) for one in rows.mappings()
    }


@cache
def _record_columns() -> list[Column[int]]:
    """Return the columns of all other tables whose rows prevent the deletion of their department."""
    table, own = Department.__table__, (Department.__table__, Staff.__table__)
    return [
        key.parent
        for other in table.metadata.sorted_tables
        for key in other.foreign_keys
        if other not in own and key.column.table is table and key.ondelete is None
    ]
