"""Who may do what with referrals: pure rules, no queries (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.brokers.policies import WorkProfile, can_work
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.policies import judge_office
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class ReferralFacts:
    """Facts that the rules need beyond the referral's record.

    ``bound_elsewhere``: another broker's binding of the same customer lives (CH-24).
    """

    bound_elsewhere: bool = False


def can_enter(
    actor: Actor, profile: WorkProfile, *, for_broker_id: int | None, allowed: bool = True
) -> Decision:
    """CH-7, CH-9: brokers for themselves; company on-sites for brokers of their company, if switched on."""
    verdict = can_work(profile)
    if not verdict or for_broker_id in {None, actor.id}:
        return verdict
    if profile.broker is None or not profile.broker.is_onsite or not allowed:
        return forbidden("referral.for_others", _("Only company on-sites may enter customers for others"))
    return ALLOW


def can_report(actor: Actor, referral: Referral, profile: WorkProfile) -> Decision:
    """CH-11: the broker of the referral, or the person who entered it; at any state."""
    verdict = can_work(profile)
    if verdict and actor.id not in {referral.broker_id, referral.entered_by_id}:
        return forbidden("referral.not_yours", _("This is another broker's customer"))
    return verdict


def can_close(actor: Actor, referral: Referral, facts: ReferralFacts) -> Decision:
    """CH-24: director and administrator; not while another's binding lives."""
    verdict = judge_office(actor, referral.company_id, ReferralPermission.CLOSE)
    if not verdict:
        return verdict
    state = referral.present_state
    if state == "closed":
        return conflict("referral.closed", _("The deal is closed already"))
    if state == "entered":
        return conflict("referral.not_reported", _("This customer was not reported yet"))
    if facts.bound_elsewhere:
        return conflict("referral.bound_elsewhere", _("Another broker's binding of this customer lives"))
    return ALLOW


def can_reopen(actor: Actor, referral: Referral) -> Decision:
    """CH-24: the administrator."""
    verdict = judge_office(actor, referral.company_id, ReferralPermission.REOPEN)
    if verdict and referral.present_state != "closed":
        return conflict("referral.not_closed", _("There is no deal to reopen"))
    return verdict


def can_make_customer(actor: Actor, referral: Referral) -> Decision:
    """CH-24: a closed referral becomes a customer file, once."""
    verdict = judge_office(actor, referral.company_id, ReferralPermission.MAKE_CUSTOMER)
    if verdict and referral.present_state != "closed":
        return conflict("referral.not_closed", _("Only a closed deal becomes a customer"))
    if verdict and referral.customer_id is not None:
        return conflict("referral.has_customer", _("This deal has its customer file already"))
    return verdict
