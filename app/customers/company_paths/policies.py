"""Who may keep a customer's company paths (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_edit_all
from app.kernel.errors import Decision, conflict

if TYPE_CHECKING:
    from app.customers.company_paths.models import CompanyPath
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_edit_paths(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-12, CUST-21: the owner, the team, a superior or the administrator."""
    return can_edit_all(actor, customer, facts)


def can_make_default(actor: Actor, path: CompanyPath, facts: Facts) -> Decision:
    """CUST-12: who may edit the paths, of one that is not the default already."""
    verdict = can_edit_paths(actor, path.customer, facts)
    if verdict and path.is_default:
        return conflict("path.is_default", _("This is the default path already"))
    return verdict
