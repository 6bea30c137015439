"""Services of roles: own roles, scopes, permissions, reset to the default (ACC-4, access.md).

An administrator's changes survive every upgrade: ``deliver_roles`` gives a permission to a built-in role
only once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select

from app.audit import services as audit
from app.kernel.access.permissions import declared_grants
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.translation import N_
from app.org.roles import policies
from app.org.roles.models import SCOPE_KINDS, RoleScope, RoleScopeDepartment
from app.org.roles.names import BUILT_IN
from app.org.roles.queries import get_role, people_with_role, permission_rows, permissions_of_roles
from app.org.shared.models import Department
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.kernel.access.actor import Actor
    from app.org.roles.queries import Pair


UNKNOWN = _("Not one of the choices")
# Functions that only the administrator's role has: managing roles gives access to everything.
ADMIN_ONLY = frozenset({"Role"})


@transactional
def create_role(
    *,
    name: str,
    kind: str,
    department_ids: Sequence[int] | None = None,
    like_id: int | None = None,
    actor: Actor,
) -> RoleScope:
    """Create a role, at first with the permissions of another one.

    :raises Invalid: for an unknown scope, department or role.
    :raises Denied: ``role.name_taken``.
    """
    policies.can_create_role(actor).enforce()
    taken = func.lower(Role.name) == name.lower()
    if name in BUILT_IN or db.session.scalar(select(func.count()).where(taken)):
        role_name_taken().enforce()
    role = Role(name=name)
    db.session.add(role)
    db.session.flush()
    made = RoleScope(role_id=role.id, kind=kind, built_in=False)
    db.session.add(made)
    db.session.flush()
    _set_departments(made, kind, department_ids or ())
    if like_id:
        held = permissions_of_roles([_role_to_copy(like_id)]).popitem()[1]
        role.permissions = _rows({pair for pair in held if pair[1] not in ADMIN_ONLY})
    audit.record(actor, "role.create", made, N_("Role %(name)s created"), name=name)
    invalidate_actors()
    return made


@transactional
def set_scope(pk: int, *, kind: str, department_ids: Sequence[int] | None = None, actor: Actor) -> RoleScope:
    """Set the data scope of a role (ACC-4): a kind, or chosen departments.

    :raises Invalid: for an unknown kind or department, or ``custom`` without any.
    """
    role = get_role(pk, actor=actor, lock=True)
    policies.can_change_role(actor, role).enforce()
    before = role.kind
    changed = _set_departments(role, kind, department_ids or ())
    role.kind = kind
    if changed or before != kind:
        audit.record(actor, "role.scope", role, N_("Data scope changed"), {"scope": (before, kind)})
        invalidate_actors()
    return role


@transactional
def set_permissions(pk: int, *, pairs: Iterable[Pair], actor: Actor) -> RoleScope:
    """Set a role's permissions to exactly these (permission, resource) pairs.

    :raises Invalid: for a pair that no function declares, or that is reserved to the administrator.
    """
    role = get_role(pk, actor=actor, lock=True)
    policies.can_change_role(actor, role).enforce()
    wanted = frozenset(pairs)
    if not wanted <= editable_pairs():
        raise Invalid(permissions=UNKNOWN)
    _store(role, wanted, N_("Permissions changed"), "role.permissions", actor)
    return role


@transactional
def reset_role(pk: int, *, actor: Actor) -> RoleScope:
    """Reset a built-in role to its default permissions and scope.

    :raises Denied: ``role.own`` for a role created by an administrator.
    """
    role = get_role(pk, actor=actor, lock=True)
    policies.can_reset_role(actor, role).enforce()
    built_in = BUILT_IN[role.name]
    _set_departments(role, built_in.scope, ())
    role.kind = built_in.scope
    delivered = {pair for pair, names in declared_grants().items() if role.name in names}
    _store(role, frozenset(delivered), N_("Reset to how it was delivered"), "role.reset", actor)
    return role


@transactional
def delete_role(pk: int, *, actor: Actor) -> RoleScope:
    """Delete a role created by an administrator that no account has.

    :raises Denied: ``role.built_in`` or ``role.in_use``.
    """
    role = get_role(pk, actor=actor, lock=True)
    policies.can_delete_role(actor, role, policies.RoleFacts(people_with_role(pk))).enforce()
    audit.record(actor, "role.delete", role, N_("Role %(name)s deleted"), name=role.name)
    framework_role = role.role
    db.session.delete(role)
    db.session.flush()
    db.session.delete(framework_role)
    invalidate_actors()
    return role


def editable_pairs() -> frozenset[Pair]:
    """Return every (permission, resource) that may be given to a role."""
    return frozenset(pair for pair in declared_grants() if pair[1] not in ADMIN_ONLY)


def _store(role: RoleScope, wanted: frozenset[Pair], message: str, operation: str, actor: Actor) -> None:
    before = permissions_of_roles([role.role_id])[role.role_id]
    role.role.permissions = _rows(wanted)
    db.session.flush()
    changed = {
        "given": ("", _permission_names(wanted - before)),
        "taken": (_permission_names(before - wanted), ""),
    }
    differences = {name: pair for name, pair in changed.items() if any(pair)}
    if differences or operation == "role.reset":
        audit.record(actor, operation, role, message, differences)
        invalidate_actors()


def _permission_names(pairs: Iterable[Pair]) -> str:
    return ", ".join(sorted(f"{resource}.{name.removeprefix('can_')}" for name, resource in pairs))


def _rows(pairs: frozenset[Pair] | set[Pair]) -> list[PermissionView]:
    """Return the framework's rows of the pairs."""
    return [row for pair, row in permission_rows().items() if pair in pairs]


def _set_departments(role: RoleScope, kind: str, wanted: Iterable[int]) -> bool:
    """Store the chosen departments of a custom scope, and none for any other.  Return whether any changed."""
    if kind not in SCOPE_KINDS:
        raise Invalid(kind=UNKNOWN)
    chosen = set(wanted) if kind == "custom" else set()
    known = set(db.session.scalars(select(Department.id).where(Department.id.in_(chosen))))
    if known != chosen:
        raise Invalid(department_ids=UNKNOWN)
    if kind == "custom" and not chosen:
        raise Invalid(department_ids=_("At least one department"))
    own = select(RoleScopeDepartment.department_id).where(RoleScopeDepartment.role_id == role.role_id)
    present = set(db.session.scalars(own))
    gone = (
        RoleScopeDepartment.role_id == role.role_id,
        RoleScopeDepartment.department_id.in_(present - chosen),
    )
    db.session.execute(delete(RoleScopeDepartment).where(*gone))
    db.session.add_all(
        RoleScopeDepartment(role_id=role.role_id, department_id=one) for one in sorted(chosen - present)
    )
    db.session.flush()
    db.session.expire(role, ["departments"])
    return present != chosen


def _role_to_copy(pk: int) -> int:
    found = db.session.scalar(select(RoleScope.role_id).where(RoleScope.role_id == pk))
    if found is None:
        raise Invalid(like_id=UNKNOWN)
    return found


def role_name_taken() -> Decision:
    """Refuse a role name that is taken."""
    return conflict("role.name_taken", _("There is a role of this name"), field="name")
