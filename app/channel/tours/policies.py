"""Who may do what with tours: pure rules, no queries (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import TourPermission
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.brokers.policies import WorkProfile
    from app.channel.tours.models import Tour
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


def can_tour(
    actor: Actor, project_id: int, profile: WorkProfile, *, received: bool, why_not: Sentence = ""
) -> Decision:
    """CH-21: any consultant of the project; ``received``: a live binding, a deal or a visitor's scan exists.

    ``why_not`` is the reason why none exists, where more is known than that the code was not scanned.
    """
    if not (actor.may(TourPermission.CREATE) and project_id in profile.consults_at):
        return forbidden("tour.not_your_project", _("You are not a consultant of this project"))
    if not received:
        message = why_not or _("On-site staff have to scan this customer first")
        return conflict("tour.not_received", message)
    return ALLOW


def can_follow_tour(actor: Actor, tour: Tour) -> Decision:
    """CH-21: the consultant of the tour."""
    if actor.may(TourPermission.FOLLOW_UP) and tour.consultant_id == actor.id:
        return ALLOW
    return forbidden("tour.not_yours", _("This is another consultant's tour"))
