"""Who may do what with property consultants: pure rules, no queries (CH-20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import ConsultantPermission
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff


@dataclass(frozen=True)
class ConsultantFacts:
    """Facts that the rules need about a consultant: ``has_other_duties``, roles beyond the projects' own."""

    has_other_duties: bool = False


def can_keep_consultants(actor: Actor, permission: ConsultantPermission) -> Decision:
    """CH-20: the administrator."""
    if actor.may(permission):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))


def can_depart_consultant(actor: Actor, _staff: Staff, facts: ConsultantFacts) -> Decision:
    """CH-20: the administrator; not for a colleague whose other work needs a handover."""
    verdict = can_keep_consultants(actor, ConsultantPermission.DEPART)
    if verdict and facts.has_other_duties:
        return conflict(
            "consultant.other_duties", _("This colleague has other duties and departs by a handover")
        )
    return verdict
