"""Who may do what with opportunities: pure rules, no queries (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.opportunities.choices import WON
from app.deals.shared.policies import can_change
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.customers.shared.policies import Facts
    from app.deals.opportunities.models import Opportunity
    from app.kernel.access.actor import Actor

STILL_OPEN = conflict("opportunity.open", _("This opportunity is open"))


def can_work_on(actor: Actor, record: Opportunity, facts: Facts) -> Decision:
    """CUST-16: an open opportunity is edited, moved, won and lost by those who may change it."""
    verdict = can_change(actor, record, facts)
    return _is_open(record) if verdict else verdict


def can_reopen(actor: Actor, record: Opportunity, facts: Facts) -> Decision:
    """CUST-16: a won or lost opportunity is taken up again by those who may change it."""
    verdict = can_change(actor, record, facts)
    return STILL_OPEN if verdict and record.is_open else verdict


def _is_open(record: Opportunity) -> Decision:
    if record.is_open:
        return ALLOW
    if record.status == WON:
        return conflict("opportunity.won", _("This opportunity is won; reopen it first"))
    return conflict("opportunity.lost", _("This opportunity is lost; reopen it first"))
