"""Who is told of what happens in channel sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import select

from app.kernel.database.session import db
from app.notices import services as notices
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def notify_person(
    recipient_id: int | None, message: str, actor: Actor, *, about: Any = None, **parameters: Any
) -> None:
    """A notice to somebody, unless they did it themselves; it leads to the record that it is ``about``."""
    if recipient_id is not None and recipient_id != actor.id:
        notices.notify(recipient_id, message, about=about, **parameters)


def notify_permitted(
    permission: str, resource: str, company_id: int | None, message: str, actor: Actor, **parameters: Any
) -> None:
    """A notice to the active staff with that duty, of one company or of all."""
    for pk in staff_with_permission(permission, resource, company_id):
        notify_person(pk, message, actor, **parameters)


def staff_with_permission(permission: str, resource: str, company_id: int | None) -> list[int]:
    """The active staff with that duty, of one company or of all."""
    statement = (
        select(Staff.id)
        .join(assoc_user_role, assoc_user_role.c.user_id == Staff.id)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == assoc_user_role.c.role_id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == f"can_{permission}", ViewMenu.name == resource, Staff.status == "active")
        .distinct()
        .order_by(Staff.id)
    )
    if company_id is not None:
        statement = statement.where(Staff.company_id == company_id)
    return [*db.session.scalars(statement)]
