"""Reading roles: always scoped, marked for the guard (ACC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import Select, false, func, select

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.roles.models import RoleScope
from app.org.roles.names import BUILT_IN, role_label
from app.org.roles.policies import RoleReach
from app.org.shared.models import Department, Staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission as Function


Pair = tuple[str, str]
_GRANT = assoc_permissionview_role.c


def visible_roles(actor: Actor) -> Select[RoleScope]:
    """Return every role, for those who manage roles."""
    return select(RoleScope) if actor.opens_all else select(RoleScope).where(false())


def get_role(pk: int, *, actor: Actor, lock: bool = False) -> RoleScope:
    """Return a role.

    :raises NotFound: when there is none, or the caller may not see roles.
    """
    statement = visible_roles(actor).where(RoleScope.role_id == pk)
    return get_one(statement, lock=lock, key_share=True)


def people_with_role(pk: int) -> int:
    """Return the number of accounts that have the role."""
    return db.session.scalar(select(func.count()).where(assoc_user_role.c.role_id == pk)) or 0


def _with_names(*columns: Any) -> Select[Any]:
    """Return the framework's permissions, each with the names of its function and resource."""
    return (
        select(Permission.name, ViewMenu.name, *columns)
        .select_from(PermissionView)
        .join(Permission, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
    )


def permission_rows() -> dict[Pair, PermissionView]:
    """Return the framework's row of every (permission, resource)."""
    rows = db.session.execute(_with_names(PermissionView))
    return {(permission, resource): row for permission, resource, row in rows}


def _roles_with(permission: Function) -> Select[Any]:
    """Return the ids of the roles that may use a function."""
    permissions = _with_names().with_only_columns(PermissionView.id)
    named = permissions.where(Permission.name == f"can_{permission}", ViewMenu.name == permission.resource)
    return select(_GRANT.role_id).where(_GRANT.permission_view_id.in_(named))


def may_use(permission: Function) -> ColumnElement[bool]:
    """Return the condition that one of the colleague's roles may use a function."""
    held = select(assoc_user_role.c.user_id).where(assoc_user_role.c.role_id.in_(_roles_with(permission)))
    return Staff.id.in_(held)


def staff_with_permission(permission: Function, company_id: int | None) -> list[int]:
    """Return the active staff who may use a function, of one company or of all, in order."""
    able = select(Staff.id).where(Staff.status == "active", may_use(permission))
    statement = able.order_by(Staff.id)
    if company_id is not None:
        statement = statement.where(Staff.company_id == company_id)
    return [*db.session.scalars(statement)]


def permissions_of_roles(pks: Iterable[int]) -> dict[int, frozenset[Pair]]:
    """Return the permissions of each role, as (permission, resource)."""
    wanted = list(pks)
    held: dict[int, set[Pair]] = {pk: set() for pk in wanted}
    grants = _with_names(_GRANT.role_id).join(
        assoc_permissionview_role, _GRANT.permission_view_id == PermissionView.id
    )
    for permission, resource, pk in db.session.execute(grants.where(_GRANT.role_id.in_(wanted))):
        held[pk].add((permission, resource))
    return {pk: frozenset(pairs) for pk, pairs in held.items()}


def roles_that_may(permission: Function) -> dict[str, str]:
    """Return the roles that may use a function now: name → label, built-in ones first."""
    found = set(db.session.scalars(select(Role.name).where(Role.id.in_(_roles_with(permission)))))
    ordered = [name for name in BUILT_IN if name in found] + sorted(found - set(BUILT_IN))
    return {name: role_label(name) for name in ordered}


def reach_of_roles(pks: Sequence[int], department: Department) -> dict[str, RoleReach]:
    """Return what each role would allow a person of the department to do and see (ACC-4)."""
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
