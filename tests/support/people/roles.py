"""Roles by name."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.kernel.database.session import db
from app.org.roles.queries import permissions_of_roles


def role_id(name: str) -> int:
    """Return the id of a role."""
    return db.session.scalars(select(Role.id).where(Role.name == name)).one()


def held_by(name: str) -> set[str]:
    """Return the permissions of a role, such as ``Customer.read``."""
    pk = role_id(name)
    pairs = permissions_of_roles([pk])[pk]
    return {f"{resource}.{permission.removeprefix('can_')}" for permission, resource in pairs}
