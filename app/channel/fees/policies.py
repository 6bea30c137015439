"""Who may do what in channel sales: pure rules, no queries (CH-3 … CH-25, ACC-7, ACC-8).

``Standing`` is what a query knows of the person; the permission to use a function at all is asked here too,
so that a rule answers the same wherever it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.policies import judge_office
from app.kernel.errors import Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.fees.models import ViewingFee
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


def can_pay_fee(actor: Actor, referral: Referral) -> Decision:
    """CH-25: the secretary only; whoever may rebind or close does not pay."""
    verdict = judge_office(actor, referral.company_id, "create", "ViewingFee")
    if verdict and (actor.may("rebind", "Referral") or actor.may("close", "Referral")):
        return forbidden(
            "fee.duties_apart", _("Whoever rebinds or closes does not pay: the secretary makes viewing fees")
        )
    return verdict


def can_void_fee(actor: Actor, fee: ViewingFee) -> Decision:
    """CH-25: director or administrator."""
    verdict = judge_office(actor, fee.company_id, "void", "ViewingFee")
    if verdict and fee.is_void:
        return conflict("fee.void", _("This fee was voided before"))
    return verdict
