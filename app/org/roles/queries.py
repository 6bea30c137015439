"""Reading roles: always scoped, marked for the guard (ACC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from app.org.shared.models import Department

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


Pair = tuple[str, str]


def visible_roles(actor: Actor) -> Select[RoleScope]:
    """Every role, for those who keep them."""
    return select(RoleScope) if actor.opens_all else select(RoleScope).where(false())


def get_role(pk: int, *, actor: Actor, lock: bool = False) -> RoleScope:
    """A role.

    :raises NotFound: when there is none, or it is none of the caller's business.
    """
    statement = visible_roles(actor).where(RoleScope.role_id == pk)
    return get_one(statement, lock=lock)


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
