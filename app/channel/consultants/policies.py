"""Who may do what in channel sales: pure rules, no queries (CH-3 … CH-25, ACC-7, ACC-8).

``Standing`` is what a query knows of the person; the permission to use a function at all is asked here too,
so that a rule answers the same wherever it is asked.
"""

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
