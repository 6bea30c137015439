"""Services of companies and departments (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Invalid, NotFound, conflict
from app.kernel.translation import N_
from app.org.departments.policies import (
    DepartmentFacts,
    can_delete_department,
    can_move_below,
    can_move_department,
)
from app.org.departments.queries import department_facts, find_department, get_company, get_department
from app.org.districts.services import UNKNOWN, check_districts, rename_record
from app.org.shared.models import MAX_PATH, Company, Department, DepartmentDistrict, District, Staff
from app.org.shared.queries import district_names, get_staff
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.kernel.access.actor import Actor


@transactional
def rename_company(pk: int, *, name: str, actor: Actor) -> Company:
    """Rename a legal entity."""
    company = get_company(pk, actor=actor, lock=True)
    rename_record(company, name, "company.edit", actor)
    return company


@transactional
def add_department(
    *,
    company_id: int | None = None,
    parent_id: int | None = None,
    name: str,
    manager_id: int | None = None,
    district_ids: Sequence[int] | None = None,
    actor: Actor,
) -> Department:
    """Create a department below another one, or at the top of a company (ACC-1).

    :raises Invalid: when parent, company, manager or a district is not available to the actor.
    """
    parent = _parent(parent_id, actor) if parent_id else None
    company = parent.company if parent else _company(company_id, actor)
    if parent and company_id not in (None, parent.company_id):
        raise Invalid(company_id=_("The department above belongs to another company"))
    made = create_department(company=company, name=name, parent=parent, actor=actor)
    _set_districts(made, district_ids or ())
    if manager_id:
        name_manager(made, _manager(manager_id, company.id), actor=actor)
    return made


@transactional
def edit_department(
    pk: int, *, name: str, manager_id: int | None, district_ids: Sequence[int] | None, actor: Actor
) -> Department:
    """Change name, manager and responsible districts of a department.

    :raises Invalid: when the manager or a district is not available to the actor.
    """
    department = get_department(pk, actor=actor, lock=True)
    rename_record(department, name, "department.edit", actor)
    before = sorted(_district_ids(department))
    after = _set_districts(department, district_ids or ())
    if before != after:
        names = district_names({*before, *after})
        changed = {"districts": ("、".join(names[i] for i in before), "、".join(names[i] for i in after))}
        message = N_("Responsible districts of the department changed")
        audit.record(actor, "department.districts", department, message, changed)
        invalidate_actors()
    if department.manager_id != manager_id:
        manager = _manager(manager_id, department.company_id) if manager_id else None
        name_manager(department, manager, actor=actor)
    return department


@transactional
def move_department(pk: int, *, parent_id: int | None, actor: Actor) -> Department:
    """Move a department with everything below it (ACC-1).  All paths of the subtree follow.

    :raises Denied: ``department.no_other_place``, ``department.cycle``, ``department.other_company`` or
        ``department.too_deep``.
    """
    lock(TREE_LOCK)
    department = get_department(pk, actor=actor, lock=True)
    parent = _parent(parent_id, actor) if parent_id else None
    for one in filter(None, (department, parent)):
        db.session.refresh(one, ["path", "parent_id", "company_id"])
    can_move_department(actor, department, department_facts([department])[pk]).enforce()
    can_move_below(department, parent).enforce()
    old, new = department.path, f"{parent.path if parent else '/'}{department.id}/"
    if old == new:
        return department
    below = Department.path.startswith(old)
    longest = db.session.scalar(select(func.max(func.length(Department.path))).where(below)) or 0
    check_depth(longest - len(old) + len(new))
    moved = update(Department).where(below).values(path=new + func.substr(Department.path, len(old) + 1))
    db.session.execute(moved.execution_options(synchronize_session=False))
    department.parent_id = parent.id if parent else None
    db.session.flush()
    db.session.refresh(department)
    if parent:
        message = N_("Department moved below %(name)s")
        audit.record(actor, "department.move", department, message, name=parent.name)
    else:
        audit.record(actor, "department.move", department, N_("Department moved to the top"))
    invalidate_actors()
    return department


@transactional
def delete_department(pk: int, *, actor: Actor) -> Department:
    """Delete an empty department: no department below, no staff, no record of any kind.

    :raises Denied: ``department.not_empty``.
    """
    lock(TREE_LOCK)
    department = get_department(pk, actor=actor, lock=True)
    facts = department_facts([department], complete=True)[pk]
    can_delete_department(actor, department, facts).enforce()
    audit.record(
        actor, "department.delete", department, N_("Department %(name)s deleted"), name=department.name
    )
    try:
        with db.session.begin_nested():
            db.session.delete(department)
    except IntegrityError:  # a record was written to it in the meantime
        can_delete_department(actor, department, DepartmentFacts(has_records=True)).enforce()
    invalidate_actors()
    return department


def _district_ids(department: Department) -> list[int]:
    own = select(DepartmentDistrict.district_id).where(DepartmentDistrict.department_id == department.id)
    return list(db.session.scalars(own))


def _set_districts(department: Department, wanted: Iterable[int]) -> list[int]:
    chosen = check_districts(wanted)
    present = set(_district_ids(department))
    gone = delete(DepartmentDistrict).where(
        DepartmentDistrict.department_id == department.id,
        DepartmentDistrict.district_id.in_(present - chosen),
    )
    db.session.execute(gone)
    db.session.add_all(
        DepartmentDistrict(department_id=department.id, district_id=one) for one in sorted(chosen - present)
    )
    db.session.flush()
    db.session.expire(department, ["districts"])
    return sorted(chosen)


def _company(pk: int | None, actor: Actor) -> Company:
    try:
        return get_company(pk or 0, actor=actor)
    except NotFound:
        raise Invalid(company_id=UNKNOWN) from None


def _parent(pk: int, actor: Actor) -> Department:
    found = find_department(pk, actor=actor)
    if found is None:
        raise Invalid(parent_id=UNKNOWN)
    return found


def _manager(pk: int, company_id: int) -> Staff:
    found = get_staff(pk)
    if found is None or found.company_id != company_id or not found.is_active:
        raise Invalid(manager_id=_("An active member of the company's staff"))
    return found


TREE_LOCK = "departments"


@transactional
def create_company(*, name: str, actor: Actor) -> Company:
    """Create a legal entity (ACC-1)."""
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
    """Create a department below ``parent``, or at the company's top; sets its path (ACC-1).

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
    """Return the department's current path, even if an older one was read before the tree's lock was
    taken.
    """
    return db.session.scalars(select(Department.path).where(Department.id == department_id)).one()


def check_depth(length: int) -> None:
    """Refuse a path that exceeds the maximum depth.

    :raises Denied: ``department.too_deep``.
    """
    if length > MAX_PATH:
        conflict("department.too_deep", _("The tree of departments is too deep"), field="parent_id").enforce()


@transactional
def name_manager(department: Department, manager: Staff | None, *, actor: Actor) -> None:
    """Make a person the department's manager, and so a superior of its staff (ACC-3)."""
    department.manager_id = manager.id if manager else None
    if manager is None:
        audit.record(actor, "department.manager", department, N_("The department has no manager now"))
    else:
        audit.record(
            actor, "department.manager", department, N_("%(name)s manages the department"), name=manager.name
        )
    invalidate_actors()


def company_name_taken() -> Decision:
    """Refuse a company name that is taken."""
    return conflict("company.name_taken", _("There is a company of this name"), field="name")
