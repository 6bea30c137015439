"""Who may do what with viewing fees: pure rules, no queries (CH-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import ReferralPermission, ViewingFeePermission
from app.channel.shared.policies import judge_office
from app.kernel.errors import Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.fees.models import ViewingFee
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


def can_pay_fee(actor: Actor, referral: Referral) -> Decision:
    """CH-25: the secretary only; people who may rebind or close do not pay."""
    verdict = judge_office(actor, referral.company_id, ViewingFeePermission.CREATE)
    if verdict and (actor.may(ReferralPermission.REBIND) or actor.may(ReferralPermission.CLOSE)):
        return forbidden(
            "fee.duties_apart", _("Whoever rebinds or closes does not pay: the secretary makes viewing fees")
        )
    return verdict


def can_void_fee(actor: Actor, fee: ViewingFee) -> Decision:
    """CH-25: director or administrator."""
    verdict = judge_office(actor, fee.company_id, ViewingFeePermission.VOID)
    if verdict and fee.is_void:
        return conflict("fee.void", _("This fee was voided before"))
    return verdict
