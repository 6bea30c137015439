"""Reading staff: always scoped, marked for the guard (ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import Select, false, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.roles.queries import may_use
from app.org.shared.models import Account, Department, Staff
from app.org.staff.policies import StaffFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission


WORK: dict[
    str, Permission
] = {}  # kind of work that colleagues are assigned to → the permission that it needs


def name_for(work: str, permission: Permission) -> str:
    """Declare a kind of work that colleagues are assigned to, with the permission that it needs (ACC-15)."""
    WORK[work] = permission
    return work


def manager_of(department: Department, *, but: int, may: str = "") -> Staff | None:
    """Return the active manager of the department or, where there is none other than the person, of the next
    one above.  ``may`` as in :func:`colleagues`: a manager whose roles do not allow the work is passed over.
    """
    above = select(Staff).join(Department, Department.manager_id == Staff.id)
    above = above.where(
        literal(department.path).startswith(Department.path), Staff.id != but, Staff.status == "active"
    )
    if may:
        above = above.where(may_use(WORK[may]))
    statement = above.order_by(func.length(Department.path).desc()).limit(1)
    return db.session.scalars(statement.options(joinedload(Staff.department))).first()


def colleagues(actor: Actor, *, may: str = "") -> Select[Staff]:
    """Return all active staff of the actor's company, of every company for those who open everything:
    assigning a colleague is not limited by scope (ACC-15).  ``may`` is a kind of work: only those whose roles
    allow it.
    """
    statement = select(Staff).where(Staff.status == "active")
    if may:
        statement = statement.where(may_use(WORK[may]))
    if actor.opens_all:
        return statement
    if actor.company_id is None:
        return statement.where(false())
    return statement.where(Staff.company_id == actor.company_id)


def get_colleague(pk: int, *, actor: Actor, may: str = "") -> Staff | None:
    """Return an active colleague that the actor may assign, or None; ``may`` as in :func:`colleagues`."""
    statement = colleagues(actor, may=may).where(Staff.id == pk).options(joinedload(Staff.department))
    return db.session.scalars(statement).one_or_none()


def nearest_superior(staff_id: int) -> int | None:
    """Return the nearest active superior (ACC-3): the manager of the person's department or, where there is
    none other than the person, of the next one above that has one; None without a superior.
    """
    above = aliased(Department)
    statement = (
        select(above.manager_id)
        .select_from(Staff)
        .join(Department, Department.id == Staff.department_id)
        .join(above, Department.path.startswith(above.path))
        .join(Account, Account.id == above.manager_id)
        .where(Staff.id == staff_id, above.manager_id != staff_id, Account.active.is_(True))
        .order_by(func.length(above.path).desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def visible_staff(actor: Actor) -> Select[Staff]:
    """Return the staff in the actor's scope, including those who have left (ACC-5)."""
    statement = select(Staff)
    if actor.opens_all:
        return statement
    return statement.where(or_(Staff.id == actor.id, Staff.department_id.in_(actor.departments)))


def get_visible_staff(pk: int, *, actor: Actor, lock: bool = False) -> Staff:
    """Return a member of staff in scope.

    :raises NotFound: when there is none.
    """
    return get_one(visible_staff(actor).where(Staff.id == pk), lock=lock, key_share=True)


def staff_facts(records: Sequence[Staff]) -> dict[int, StaffFacts]:
    """Return roles and second factor of a page of staff, in two statements."""
    pks = [record.id for record in records]
    roles: dict[int, set[str]] = {}
    rows = select(assoc_user_role.c.user_id, Role.name).join(Role, Role.id == assoc_user_role.c.role_id)
    for user_id, name in db.session.execute(rows.where(assoc_user_role.c.user_id.in_(pks))):
        roles.setdefault(user_id, set()).add(name)
    with_code = select(Account.id).where(Account.id.in_(pks), Account.totp_cipher.is_not(None))
    coded = set(db.session.scalars(with_code))
    return {pk: StaffFacts(frozenset(roles.get(pk, ())), pk in coded) for pk in pks}
