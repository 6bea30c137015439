"""Changing the organisation: companies, departments and staff profiles (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import Integer, cast, func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, refuses, transactional
from app.kernel.errors import Decision, conflict
from app.kernel.translation import N_
from app.org.accounts import create_account
from app.org.actors import invalidate_actors
from app.org.models import (
    MAX_PATH,
    Account,
    Company,
    Department,
    DepartmentDistrict,
    District,
    Staff,
    StaffDistrict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor

__all__ = ["create_account", "create_company", "create_department", "create_staff", "name_manager"]

TREE_LOCK = "departments"
_EMPLOYEE_PREFIX = "E"


@transactional
def create_company(*, name: str, actor: Actor) -> Company:
    """A new legal entity (ACC-1)."""
    company = Company(name=name, created_at=clock.now())
    db.session.add(company)
    db.session.flush()
    audit.record(actor, "company.create", company, N_("Company %(name)s created"), name=name)
    invalidate_actors()
    return company


@transactional
def create_department(
    *,
    company: Company,
    name: str,
    parent: Department | None = None,
    districts: Iterable[District] = (),
    actor: Actor,
) -> Department:
    """A new department below ``parent``, or at the company's top; keeps its path (ACC-1).

    :raises Denied: ``department.too_deep``.
    """
    lock(TREE_LOCK)
    above = path_of(parent.id) if parent else "/"
    department = Department(
        company_id=company.id, parent_id=parent.id if parent else None, name=name, path=""
    )
    db.session.add(department)
    db.session.flush()
    department.path = f"{above}{department.id}/"
    check_depth(len(department.path))
    for district in districts:
        db.session.add(DepartmentDistrict(department_id=department.id, district_id=district.id))
    audit.record(actor, "department.create", department, N_("Department %(name)s created"), name=name)
    invalidate_actors()
    return department


def path_of(department_id: int) -> str:
    """The department's path as it is now, whatever was read before the tree's lock was held."""
    return db.session.scalars(select(Department.path).where(Department.id == department_id)).one()


def check_depth(length: int) -> None:
    """Refuse a path that has no room.

    :raises Denied: ``department.too_deep``.
    """
    if length > MAX_PATH:
        conflict("department.too_deep", _("The tree of departments is too deep"), field="parent_id").enforce()


@transactional
def name_manager(department: Department, manager: Staff | None, *, actor: Actor) -> None:
    """Make somebody the department's manager, and thereby a superior of its staff (ACC-3)."""
    department.manager_id = manager.id if manager else None
    if manager is None:
        audit.record(actor, "department.manager", department, N_("The department has no manager now"))
    else:
        audit.record(
            actor, "department.manager", department, N_("%(name)s manages the department"), name=manager.name
        )
    invalidate_actors()


@transactional
def create_staff(
    *,
    user: Account,
    department: Department,
    phone: str = "",
    employee_no: str = "",
    districts: Iterable[District] = (),
    actor: Actor,
) -> Staff:
    """The staff profile of an account; the employee number is given when left empty (ACC-2)."""
    staff = Staff(
        id=user.id,
        company_id=department.company_id,
        department_id=department.id,
        employee_no=employee_no or _next_employee_no(),
        name=user.display_name,
        phone=phone,
        status="active",
        created_at=clock.now(),
    )
    db.session.add(staff)
    db.session.flush()
    for district in districts:
        db.session.add(StaffDistrict(staff_id=staff.id, district_id=district.id))
    audit.record(actor, "staff.create", staff, N_("Staff %(name)s created"), name=staff.name)
    invalidate_actors()
    return staff


def _next_employee_no() -> str:
    """``E`` and at least five digits, one past the highest given so far."""
    lock("employee_no")
    number = cast(func.substr(Staff.employee_no, 2), Integer)
    highest = db.session.scalar(
        select(func.max(number)).where(Staff.employee_no.regexp_match("^E[0-9]{5,9}$"))
    )
    return f"{_EMPLOYEE_PREFIX}{(highest or 0) + 1:05d}"


def _company_taken() -> Decision:
    return conflict("company.name_taken", _("There is a company of this name"), field="name")


def _number_taken() -> Decision:
    return conflict("staff.number_taken", _("This employee number is taken"), field="employee_no")


refuses("uq_company_name", _company_taken)
refuses("uq_staff_employee_no", _number_taken)
