"""Who may do what with projects and plots: pure rules, no queries (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import ProjectPermission
from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.channel.projects.models import Plot, Project
    from app.kernel.access.actor import Actor


def can_keep_projects(actor: Actor, permission: ProjectPermission = ProjectPermission.UPDATE) -> Decision:
    """CH-1: the administrator."""
    if actor.may(permission):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))


def can_assign_staff(actor: Actor, _project: Project) -> Decision:
    """CH-1: the administrator assigns the staff of a project."""
    return can_keep_projects(actor, ProjectPermission.STAFF)


def can_add_pictures(actor: Actor, _subject: Project | Plot) -> Decision:
    """CH-1: the administrator adds pictures of a project or a plot."""
    return can_keep_projects(actor, ProjectPermission.ADD_FILES)


def can_remove_pictures(actor: Actor, _subject: Project | Plot) -> Decision:
    """CH-1: the administrator removes pictures of a project or a plot."""
    return can_keep_projects(actor, ProjectPermission.REMOVE_FILE)


def can_delete_plot(actor: Actor, _plot: Plot) -> Decision:
    """CH-1: the administrator deletes a plot."""
    return can_keep_projects(actor)
