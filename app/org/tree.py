"""Operations on companies, departments and districts (ACC-1).

The tree of departments changes under one lock: paths are read and written while nobody else does, so that of
two moves that would make a circle together one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, refuses, transactional
from app.kernel.errors import Decision, Invalid, NotFound, conflict
from app.kernel.translation import N_
from app.org import services
from app.org.actors import invalidate_actors
from app.org.models import Company, Department, DepartmentDistrict, District, Staff
from app.org.policies import can_move_department
from app.org.queries import (
    district_names,
    get_company,
    get_department,
    get_district,
    get_staff,
    known_districts,
    parent_districts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.kernel.access.actor import Actor

UNKNOWN = _("Not one of the choices")


@transactional
def rename_company(pk: int, *, name: str, actor: Actor) -> Company:
    """Another name for a legal entity."""
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
    """A new department below another one, or at the top of a company (ACC-1).

    :raises Invalid: when parent, company, manager or a district cannot be named.
    """
    parent = _department(parent_id, "parent_id", actor) if parent_id else None
    company = parent.company if parent else _company(company_id, actor)
    if parent and company_id not in (None, parent.company_id):
        raise Invalid(company_id=_("The department above belongs to another company"))
    made = services.create_department(company=company, name=name, parent=parent, actor=actor)
    _set_districts(made, district_ids or ())
    if manager_id:
        services.name_manager(made, _manager(manager_id, company.id), actor=actor)
    return made


@transactional
def edit_department(
    pk: int, *, name: str, manager_id: int | None, district_ids: Sequence[int] | None, actor: Actor
) -> Department:
    """Name, manager and responsible districts of a department.

    :raises Invalid: when the manager or a district cannot be named.
    """
    department = get_department(pk, actor=actor, lock=True)
    if department is None:
        raise NotFound
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
        services.name_manager(department, manager, actor=actor)
    return department


@transactional
def move_department(pk: int, *, parent_id: int | None, actor: Actor) -> Department:
    """Move a department with everything below it (ACC-1).  All paths of the subtree follow.

    :raises Denied: ``department.cycle``, ``department.other_company`` or ``department.too_deep``.
    """
    lock(services.TREE_LOCK)
    department = get_department(pk, actor=actor, lock=True)
    if department is None:
        raise NotFound
    parent = _department(parent_id, "parent_id", actor) if parent_id else None
    for one in filter(None, (department, parent)):
        db.session.refresh(one, ["path", "parent_id", "company_id"])
    can_move_department(department, parent).enforce()
    old, new = department.path, f"{parent.path if parent else '/'}{department.id}/"
    if old == new:
        return department
    below = Department.path.startswith(old)
    longest = db.session.scalar(select(func.max(func.length(Department.path))).where(below)) or 0
    services.check_depth(longest - len(old) + len(new))
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
    """Remove a department that nothing hangs on: no department below, no staff, no record of any kind.

    :raises Denied: ``department.not_empty``.
    """
    lock(services.TREE_LOCK)
    department = get_department(pk, actor=actor, lock=True)
    if department is None:
        raise NotFound
    used = conflict(
        "department.not_empty", _("Departments, staff or records still belong to this department")
    )
    for column in (Department.parent_id, Staff.department_id):
        if db.session.scalar(select(func.count()).where(column == pk)):
            used.enforce()
    audit.record(
        actor, "department.delete", department, N_("Department %(name)s deleted"), name=department.name
    )
    try:
        with db.session.begin_nested():
            db.session.delete(department)
    except IntegrityError:  # a table of a higher context refers to it
        used.enforce()
    invalidate_actors()
    return department


@transactional
def add_district(*, code: str, name: str, parent_id: int | None = None, actor: Actor) -> District:
    """A new district.

    :raises Denied: ``district.code_taken``.
    """
    parent = _district(parent_id) if parent_id else None
    made = District(code=code, name=name, parent_id=parent.id if parent else None)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "district.create", made, N_("District %(name)s created"), name=name)
    invalidate_actors()
    return made


@transactional
def edit_district(pk: int, *, name: str, parent_id: int | None, actor: Actor) -> District:
    """Name and parent of a district; never below itself.

    :raises Denied: ``district.cycle``.
    """
    lock("districts")
    district = get_district(pk, lock=True)
    rename_record(district, name, "district.edit", actor)
    if district.parent_id == parent_id:
        return district
    parent = _district(parent_id) if parent_id else None
    if parent and district.id in _above(parent):
        cycle = _("A district cannot stand below itself")
        conflict("district.cycle", cycle, field="parent_id").enforce()
    before = get_district(district.parent_id).name if district.parent_id else ""
    district.parent_id = parent.id if parent else None
    changed = {"parent": (before, parent.name if parent else "")}
    audit.record(actor, "district.move", district, N_("District placed below another one"), changed)
    invalidate_actors()
    return district


def _above(district: District) -> set[int]:
    """The district itself and all above it."""
    parents = parent_districts()
    found: set[int] = set()
    step: int | None = district.id
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return found


def rename_record(record: Any, name: str, operation: str, actor: Actor) -> None:
    if record.name == name:
        return
    changed = {"name": (record.name, name)}
    record.name = name
    db.session.flush()
    audit.record(actor, operation, record, N_("Renamed to %(name)s"), changed, name=name)
    invalidate_actors()


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


def check_districts(wanted: Iterable[int]) -> set[int]:
    """The ids, when all of them are districts.

    :raises Invalid: otherwise.
    """
    chosen = set(wanted)
    if known_districts(chosen) != chosen:
        raise Invalid(district_ids=UNKNOWN)
    return chosen


def _company(pk: int | None, actor: Actor) -> Company:
    try:
        return get_company(pk or 0, actor=actor)
    except NotFound:
        raise Invalid(company_id=UNKNOWN) from None


def _department(pk: int, field: str, actor: Actor) -> Department:
    found = get_department(pk, actor=actor)
    if found is None:
        raise Invalid(**{field: UNKNOWN})
    return found


def _district(pk: int) -> District:
    try:
        return get_district(pk)
    except NotFound:
        raise Invalid(parent_id=UNKNOWN) from None


def _manager(pk: int, company_id: int) -> Staff:
    found = get_staff(pk)
    if found is None or found.company_id != company_id or not found.is_active:
        raise Invalid(manager_id=_("An active member of the company's staff"))
    return found


def code_taken() -> Decision:
    return conflict("district.code_taken", _("There is a district with this code"), field="code")


refuses("uq_district_code", code_taken)
