"""Notices about events in channel sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.notices import services as notices
from app.org.roles.queries import staff_with_permission

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission


def notify_person(
    recipient_id: int | None, message: str, actor: Actor, *, about: Any = None, **parameters: Any
) -> None:
    """Notify a person, unless they did it themselves; the notice links to the record that it is ``about``."""
    if recipient_id is not None and recipient_id != actor.id:
        notices.notify(recipient_id, message, about=about, **parameters)


def notify_permitted(
    permission: Permission, company_id: int | None, message: str, actor: Actor, **parameters: Any
) -> None:
    """Notify the active staff with a permission, of one company or of all."""
    for pk in staff_with_permission(permission, company_id):
        notify_person(pk, message, actor, **parameters)
