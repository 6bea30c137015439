"""Reading the organisation: what forms offer and what names records show."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel.access import grants
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.org.models import Account, Company, Department, District, RoleScope, Staff
from app.org.policies import RoleReach, StaffFacts
from app.org.roles import BUILT_IN, role_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

R = TypeVar("R")
Pair = tuple[str, str]


def colleagues(actor: Actor) -> Select[Staff]:
    """All active staff of one's company: naming a colleague is not limited by scope (ACC-15)."""
    statement = select(Staff).where(Staff.status == "active")
    if actor.company_id is None:
        return statement if actor.opens_all else statement.where(false())
    return statement.where(Staff.company_id == actor.company_id)


def get_colleague(pk: int, *, actor: Actor) -> Staff | None:
    """An active colleague of one's company, or None."""
    statement = colleagues(actor).where(Staff.id == pk).options(joinedload(Staff.department))
    return db.session.scalars(statement).one_or_none()


def nearest_superior(staff_id: int) -> int | None:
    """The nearest superior in service (ACC-3): the manager of the person's department or, where that is
    nobody else, of the next one above that has one; None where nobody stands above.
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
    return one_or_not_found(statement, lock=lock)


def get_district(pk: int, *, lock: bool = False) -> District:
    """A district.

    :raises NotFound: when there is none.
    """
    return one_or_not_found(select(District).where(District.id == pk), lock=lock)


def parent_districts() -> dict[int, int | None]:
    """The district above each."""
    return dict(db.session.execute(select(District.id, District.parent_id)).all())


def visible_districts(_actor: Actor) -> Select[District]:
    """Every district: they are no secret."""
    return select(District)


def visible_staff(actor: Actor) -> Select[Staff]:
    """The staff that somebody may look after, the departed included: those in scope (ACC-5)."""
    statement = select(Staff)
    if actor.opens_all:
        return statement
    return statement.where(or_(Staff.id == actor.id, Staff.department_id.in_(actor.departments)))


def get_visible_staff(pk: int, *, actor: Actor, lock: bool = False) -> Staff:
    """A member of staff in scope.

    :raises NotFound: when there is none.
    """
    return one_or_not_found(visible_staff(actor).where(Staff.id == pk), lock=lock)


def staff_facts(records: Sequence[Staff]) -> dict[int, StaffFacts]:
    """Roles and second factor of a page of staff, in two statements."""
    pks = [record.id for record in records]
    roles: dict[int, set[str]] = {}
    rows = select(assoc_user_role.c.user_id, Role.name).join(Role, Role.id == assoc_user_role.c.role_id)
    for user_id, name in db.session.execute(rows.where(assoc_user_role.c.user_id.in_(pks))):
        roles.setdefault(user_id, set()).add(name)
    with_code = select(Account.id).where(Account.id.in_(pks), Account.totp_cipher.is_not(None))
    coded = set(db.session.scalars(with_code))
    return {pk: StaffFacts(frozenset(roles.get(pk, ())), pk in coded) for pk in pks}


def accounts_without_staff(actor: Actor) -> Select[Account]:
    """Accounts that no member of staff has, for those who see everything (ACC-13)."""
    statement = select(Account).where(~select(Staff.id).where(Staff.id == Account.id).exists())
    return statement if actor.opens_all else statement.where(false())


def get_account_without_staff(pk: int, *, actor: Actor, lock: bool = False) -> Account:
    """One of them.

    :raises NotFound: when there is none, or it is a staff's.
    """
    return one_or_not_found(accounts_without_staff(actor).where(Account.id == pk), lock=lock)


def visible_roles(actor: Actor) -> Select[RoleScope]:
    """Every role, for those who keep them."""
    return select(RoleScope) if actor.opens_all else select(RoleScope).where(false())


def get_role(pk: int, *, actor: Actor, lock: bool = False) -> RoleScope:
    """A role.

    :raises NotFound: when there is none, or it is none of the caller's business.
    """
    statement = visible_roles(actor).where(RoleScope.role_id == pk)
    return one_or_not_found(statement, lock=lock)


def people_with_role(pk: int) -> int:
    """How many accounts have the role."""
    return db.session.scalar(select(func.count()).where(assoc_user_role.c.role_id == pk)) or 0


def permissions_of_roles(pks: Iterable[int]) -> dict[int, frozenset[Pair]]:
    """What each role may do, as (permission, resource)."""
    wanted = list(pks)
    held: dict[int, set[Pair]] = {pk: set() for pk in wanted}
    rows = (
        select(assoc_permissionview_role.c.role_id, Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
        .where(assoc_permissionview_role.c.role_id.in_(wanted))
    )
    for pk, permission, resource in db.session.execute(rows):
        held[pk].add((permission, resource))
    return {pk: frozenset(pairs) for pk, pairs in held.items()}


def roles_that_may(permission: str, resource: str) -> dict[str, str]:
    """The roles that may use a function now: name → label, built-in ones first."""
    rows = (
        select(Role.name)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
        .where(Permission.name == f"can_{permission}", ViewMenu.name == resource)
    )
    found = set(db.session.scalars(rows))
    ordered = [name for name in BUILT_IN if name in found] + sorted(found - set(BUILT_IN))
    return {name: role_label(name) for name in ordered}


def reach_of_roles(pks: Sequence[int], department: Department) -> dict[str, RoleReach]:
    """What each role would let somebody of the department do and see (ACC-4)."""
    held = permissions_of_roles(pks)
    rows = db.session.scalars(select(RoleScope).where(RoleScope.role_id.in_(pks))).unique()
    return {row.name: RoleReach(held[row.role_id], _departments_of(row, department)) for row in rows}


def _departments_of(role: RoleScope, department: Department) -> frozenset[int] | None:
    within: dict[str, ColumnElement[bool]] = {
        "company": Department.company_id == department.company_id,
        "department_tree": Department.path.startswith(department.path),
        "department": Department.id == department.id,
    }
    if role.kind == "all":
        return None
    if role.kind == "custom":
        return frozenset(one.id for one in role.departments)
    if role.kind not in within:
        return frozenset()
    return frozenset(db.session.scalars(select(Department.id).where(within[role.kind])))


def active_administrators() -> int:
    """How many people can still do everything."""
    statement = (
        select(func.count())
        .select_from(assoc_user_role)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .join(Account, Account.id == assoc_user_role.c.user_id)
        .where(Role.name == grants.ADMIN, Account.active.is_(True))
    )
    return db.session.scalar(statement) or 0


def one_or_not_found(statement: Select[R], *, lock: bool) -> R:
    record = db.session.scalars(statement.with_for_update(of=_root(statement)) if lock else statement)
    found = record.unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _root(statement: Select[R]) -> type[R]:
    entity: type[R] = statement.column_descriptions[0]["entity"]
    return entity


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
