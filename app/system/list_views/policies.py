"""Who may share a saved view, and who may stop sharing one (OFF-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access.permissions import ListViewPermission
from app.kernel.errors import ALLOW, MESSAGES, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.list_views import ListView


def can_share(actor: Actor) -> Decision:
    """A view is shared with the sharer's own department, by those whose roles allow it."""
    if not actor.may(ListViewPermission.SHARE):
        return forbidden("list_view.may_not_share", _("Your roles do not allow you to share views"))
    if actor.department_id is None:
        return conflict("list_view.no_department", _("You belong to no department to share a view with"))
    return ALLOW


def can_withdraw(actor: Actor, view: ListView) -> Decision:
    """A shared view is taken back by its owner, or by whoever may share views with the same department."""
    if view.department_id is None:
        return conflict("list_view.not_shared", _("This view is not shared"))
    if view.person_id == actor.id:
        return ALLOW
    if actor.may(ListViewPermission.SHARE) and view.department_id == actor.department_id:
        return ALLOW
    return forbidden(*MESSAGES[403])
