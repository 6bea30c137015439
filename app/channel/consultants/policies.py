"""Who may do what with property consultants: pure rules, no queries (CH-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def can_keep_consultants(actor: Actor, permission: str) -> Decision:
    """CH-20: the administrator."""
    if actor.may(permission, "Consultant"):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))
