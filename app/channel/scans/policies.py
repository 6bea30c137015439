"""Who may do what with on-site scans: pure rules, no queries (CH-13 … CH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import ScanPermission
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.channel.brokers.policies import WorkProfile
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


PROTECTION_OVER = _("The protection is over: ask the broker to report again")


def can_scan(actor: Actor, project_id: int, profile: WorkProfile) -> Decision:
    """CH-13: on-site staff of the project."""
    if actor.may(ScanPermission.CREATE) and project_id in profile.onsite_at:
        return ALLOW
    return forbidden("scan.not_your_project", _("You are not on-site staff of this project"))


def can_lookup(actor: Actor, project_id: int, profile: WorkProfile) -> Decision:
    """CH-13, CH-21: on-site staff and consultants of the project may look up the customer of a code."""
    if project_id in profile.onsite_at | profile.consults_at or actor.opens_all:
        return ALLOW
    return forbidden("scan.not_your_project", _("You do not work at this project"))


def can_see_holder(actor: Actor) -> bool:
    """CH-16, CH-35: on-site staff and the office see which broker a customer is bound to; consultants see
    only that it is another one, and brokers never see which.
    """
    return actor.may(ScanPermission.CREATE) or actor.may(ScanPermission.READ) or actor.opens_all


def judge_scan(referral: Referral, holders: Collection[int]) -> str | Decision:
    """CH-13, CH-14: the result of a scan; ``holders`` are the brokers of the bindings that live now.

    Returns ``bound``, ``revisit``, ``collision``, or a refusal.
    """
    state = referral.present_state
    if state in {"bound", "closed"}:
        return "revisit"
    if set(holders) - {referral.broker_id}:
        return "collision"
    if holders:
        return "revisit"
    if state == "reported":
        return "bound"
    if state == "expired":
        return conflict("referral.expired", PROTECTION_OVER)
    return conflict("referral.not_reported", _("This customer was not reported yet"))
