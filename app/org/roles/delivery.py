"""Initial content of the database: permissions, built-in roles with their scopes, districts.

It can be repeated.  A permission is given to a built-in role once, when it is first delivered; what an
administrator removed stays removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select

from app.kernel.access.permissions import declared_grants
from app.kernel.database.cache import OrgVersion
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.org.roles.models import DeliveredGrant, RoleScope
from app.org.roles.names import BUILT_IN
from app.org.roles.queries import permission_rows
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from typing import Any


def _named(model: type[Any]) -> dict[str, Any]:
    return {row.name: row for row in db.session.scalars(select(model))}


def _ensure(known: dict[str, Any], model: type[Any], name: str) -> Any:
    if name not in known:
        known[name] = model(name=name)
        db.session.add(known[name])
    return known[name]


@transactional
def deliver_roles() -> int:
    """Bring roles and permissions up to date with the code.  Return the number of new grants."""
    if db.session.get(OrgVersion, 1) is None:
        db.session.add(OrgVersion(id=1, value=1))
    roles = _deliver_roles()
    permissions, resources = _named(Permission), _named(ViewMenu)
    pairs = permission_rows()
    delivered = {(d.role, d.permission, d.resource) for d in db.session.scalars(select(DeliveredGrant))}
    new = 0
    for (permission, resource), names in sorted(declared_grants().items()):
        if (permission, resource) not in pairs:
            pairs[permission, resource] = PermissionView(
                permission=_ensure(permissions, Permission, permission),
                view_menu=_ensure(resources, ViewMenu, resource),
            )
            db.session.add(pairs[permission, resource])
        for name in sorted(names):
            if (name, permission, resource) in delivered:
                continue
            if pairs[permission, resource] not in roles[name].permissions:  # an administrator was faster
                roles[name].permissions.append(pairs[permission, resource])
            db.session.add(DeliveredGrant(role=name, permission=permission, resource=resource))
            new += 1
    db.session.flush()
    invalidate_actors()
    return new


def _deliver_roles() -> dict[str, Role]:
    roles = _named(Role)
    for role in BUILT_IN.values():
        _ensure(roles, Role, role.name)
    db.session.flush()
    scoped = set(db.session.scalars(select(RoleScope.role_id)))
    for role in BUILT_IN.values():
        if roles[role.name].id not in scoped:
            db.session.add(RoleScope(role_id=roles[role.name].id, kind=role.scope, built_in=True))
    return roles
