"""Who may do what with brokers: pure rules, no queries (CH-2 … CH-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.policies import FORBIDDEN
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class WorkProfile:
    """The actor's own profile as a ``broker``; ``onsite_at``, ``consults_at``: projects of their duties."""

    broker: Broker | None = None
    onsite_at: frozenset[int] = frozenset()
    consults_at: frozenset[int] = frozenset()


NO_WORK_PROFILE = WorkProfile()


def can_work(profile: WorkProfile) -> Decision:
    """CH-3: a broker at once, a company on-site when approved; no other account works as a broker."""
    broker = profile.broker
    if broker is None:
        return forbidden("broker.none", _("Only brokers may do this"))
    if broker.review_state == "approved":
        return ALLOW
    message = (
        _("Your registration was rejected: %(reason)s", reason=broker.review_reason)
        if broker.review_state == "rejected"
        else _("Your registration is awaiting review")
    )
    return Decision(
        allowed=False,
        code="broker.awaiting_review",
        message=message,
        status=403,
        details={"review_state": broker.review_state, "reason": broker.review_reason},
    )


def can_review(actor: Actor, broker: Broker) -> Decision:
    """CH-4: director or administrator; only company on-sites who wait."""
    if not actor.may(BrokerPermission.REVIEW):
        return forbidden("channel.not_your_office", FORBIDDEN)
    if not broker.is_onsite:
        return conflict("broker.no_review", _("Only company on-sites are reviewed"))
    if broker.review_state != "pending":
        return conflict("broker.reviewed", _("This registration was reviewed before"))
    return ALLOW


def can_edit_broker(actor: Actor, broker: Broker) -> Decision:
    """CH-5, CH-6: the broker, in any state of review, and the office."""
    if actor.id == broker.id or actor.may(BrokerPermission.UPDATE):
        return ALLOW
    return forbidden("channel.not_your_office", FORBIDDEN)


def can_resubmit(actor: Actor, broker: Broker) -> Decision:
    """CH-3: a rejected company on-site asks for another review."""
    if actor.id != broker.id:
        return forbidden("broker.not_you", FORBIDDEN)
    if broker.review_state != "rejected":
        return conflict("broker.not_rejected", _("There is nothing to submit again"))
    return ALLOW
