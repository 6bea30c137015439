"""Rules that several subjects share: the back office of one's own company (ACC-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import ReferralPermission
from app.kernel.access.permissions import BasicPermission
from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission


FORBIDDEN = _("You may not do this")


def oversees(actor: Actor, company_id: int, resource: type[Permission] = ReferralPermission) -> bool:
    """ACC-7: the back office of the company that the record belongs to."""
    return actor.sees_all or (
        actor.company_id == company_id and actor.has_permission(BasicPermission.READ, resource.resource)
    )


def judge_office(actor: Actor, company_id: int, permission: Permission) -> Decision:
    """ACC-7: a function of the back office, in the actor's own company."""
    if actor.may(permission) and oversees(actor, company_id, type(permission)):
        return ALLOW
    return forbidden("channel.not_your_office", FORBIDDEN)
