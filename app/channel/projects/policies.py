"""Who may do what with projects and plots: pure rules, no queries (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def can_keep_projects(actor: Actor, permission: str = "update") -> Decision:
    """CH-1: the administrator."""
    if actor.may(permission, "Project"):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))
