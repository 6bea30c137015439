"""Who keeps broker companies: pure rules, no queries (CH-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import BrokerCompanyPermission
from app.channel.shared.policies import FORBIDDEN
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.channel.companies.models import BrokerCompany
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class CompanyFacts:
    """Facts that the rules need about a broker company: ``in_use``, it has or had brokers or referrals."""

    in_use: bool = False


def can_keep_companies(actor: Actor, permission: BrokerCompanyPermission) -> Decision:
    """CH-2: director and administrator."""
    if actor.may(permission):
        return ALLOW
    return forbidden("channel.not_your_office", FORBIDDEN)


def can_switch_company(actor: Actor, _company: BrokerCompany) -> Decision:
    """CH-2: who keeps the companies disables one and enables it again."""
    return can_keep_companies(actor, BrokerCompanyPermission.UPDATE)


def can_delete_company(actor: Actor, _company: BrokerCompany, facts: CompanyFacts) -> Decision:
    """CH-2: not while it has brokers or referrals."""
    verdict = can_keep_companies(actor, BrokerCompanyPermission.DELETE)
    if verdict and facts.in_use:
        return company_in_use()
    return verdict


def company_in_use() -> Decision:
    """Refuse to delete a broker company that has brokers or referrals."""
    return conflict(
        "broker_company.in_use", _("It has brokers or referrals; disable it instead of deleting it")
    )
