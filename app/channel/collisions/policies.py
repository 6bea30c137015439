"""Who may do what with collisions and rebinding: pure rules, no queries (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import CollisionPermission, ReferralPermission
from app.channel.shared.policies import judge_office
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.channel.collisions.models import Collision
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


NOTHING_TO_REBIND = _("The binding is over: there is nothing to rebind")
NO_BROKER_TO_REBIND_TO = _("A visitor has no broker to rebind to")


def can_rebind(actor: Actor, referral: Referral) -> Decision:
    """CH-23: director and administrator, while the protection lasts."""
    verdict = judge_office(actor, referral.company_id, ReferralPermission.REBIND)
    if not verdict:
        return verdict
    state = referral.present_state
    if state == "closed":
        return conflict("referral.closed", _("The deal is closed; it has to be reopened first"))
    if state != "bound":
        return conflict("referral.not_bound", _("There is no binding that could be changed"))
    return ALLOW


def can_handle(actor: Actor, collision: Collision) -> Decision:
    """CH-19: director and administrator, once."""
    verdict = judge_office(actor, collision.company_id, CollisionPermission.HANDLE)
    if verdict and not collision.is_open:
        return conflict("collision.handled", _("This collision was handled before"))
    return verdict


def can_settle_by_rebinding(collision: Collision, *, lives: bool) -> Decision:
    """CH-19: only towards a broker, and only while the binding lasts."""
    if collision.referral_id is None:
        return conflict("collision.no_broker", NO_BROKER_TO_REBIND_TO, field="outcome")
    if not lives:
        return conflict("collision.binding_over", NOTHING_TO_REBIND)
    return ALLOW
