"""Changing the organisation: companies, departments, staff and their accounts (ACC-1, ACC-2)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import Decision, Invalid, not_now
from app.kernel.locks import lock
from app.kernel.marks import N_
from app.kernel.transactions import refuses, transactional
from app.org.actors import touch_organisation
from app.org.models import Account, Company, Department, DepartmentDistrict, District, Staff, StaffDistrict
from app.org.signin import hash_password

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.actor import Actor

MIN_PASSWORD = 10
_EMPLOYEE_PREFIX = "E"


@transactional
def create_company(*, name: str, actor: Actor) -> Company:
    """A new legal entity (ACC-1)."""
    company = Company(name=name, created_at=clock.now())
    db.session.add(company)
    db.session.flush()
    audit.record(actor, "company.create", company, N_("Company %(name)s created"), name=name)
    touch_organisation()
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
    """A new department below ``parent``, or at the company's top; keeps its path (ACC-1)."""
    department = Department(
        company_id=company.id, parent_id=parent.id if parent else None, name=name, path=""
    )
    db.session.add(department)
    db.session.flush()
    department.path = f"{parent.path if parent else '/'}{department.id}/"
    for district in districts:
        db.session.add(DepartmentDistrict(department_id=department.id, district_id=district.id))
    audit.record(actor, "department.create", department, N_("Department %(name)s created"), name=name)
    touch_organisation()
    return department


@transactional
def name_manager(department: Department, manager: Staff, *, actor: Actor) -> None:
    """Make somebody the department's manager, and thereby a superior of its staff (ACC-3)."""
    department.manager_id = manager.id
    audit.record(
        actor, "department.manager", department, N_("%(name)s manages the department"), name=manager.name
    )
    touch_organisation()


@transactional
def create_account(
    *,
    username: str,
    name: str,
    password: str,
    roles: Iterable[str],
    must_change_password: bool = False,
    actor: Actor,
) -> Account:
    """A login account with roles.  The name's first character is taken as the family name.

    :raises Invalid: for a short password or an unknown role.
    :raises Denied: ``account.name_taken``.
    """
    if len(password) < MIN_PASSWORD:
        raise Invalid(password=_("At least %(n)s characters", n=MIN_PASSWORD))
    wanted = list(roles)
    found = list(db.session.scalars(select(Role).where(Role.name.in_(wanted))))
    if len(found) != len(set(wanted)):
        raise Invalid(roles=_("Not one of the choices"))
    user = Account(
        username=username,
        last_name=name[:1],
        first_name=name[1:],
        email=f"{username}@{secrets.token_hex(4)}.invalid",
        active=True,
        password=hash_password(password),
        roles=found,
        fail_login_count=0,
        login_count=0,
        session_epoch=0,
        must_change_password=must_change_password,
        created_on=clock.now().replace(tzinfo=None),
    )
    db.session.add(user)
    db.session.flush()
    audit.record(actor, "account.create", user, N_("Account %(name)s created"), name=username)
    touch_organisation()
    return user


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
    touch_organisation()
    return staff


def _next_employee_no() -> str:
    """``E`` and five digits, one past the highest given so far."""
    lock("employee_no")
    highest = db.session.scalar(
        select(func.max(Staff.employee_no)).where(Staff.employee_no.regexp_match("^E[0-9]{5}$"))
    )
    number = int(highest[1:]) + 1 if highest else 1
    return f"{_EMPLOYEE_PREFIX}{number:05d}"


def _name_taken() -> Decision:
    return not_now("account.name_taken", _("This user name is taken"))


refuses("ab_user_username_key", _name_taken)
refuses("uq_ab_user_username", _name_taken)
