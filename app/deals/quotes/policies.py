"""Who may do what with quotes: pure rules, no queries (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.quotes.choices import ACCEPTED, DRAFT, REFUSED, SENT
from app.deals.shared.policies import can_change
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.customers.shared.policies import Facts
    from app.deals.quotes.models import Quote
    from app.kernel.access.actor import Actor

_NOT_NOW = {
    DRAFT: conflict("quote.draft", _("This quote is a draft")),
    SENT: conflict("quote.sent", _("This quote was sent; reopen it first")),
    ACCEPTED: conflict("quote.accepted", _("The customer accepted this quote; reopen it first")),
    REFUSED: conflict("quote.refused", _("The customer refused this quote; reopen it first")),
}
NOT_SENT = conflict("quote.not_sent", _("Send this quote first"))
EMPTY = conflict("quote.empty", _("This quote has neither lines nor an amount"))


def can_edit(actor: Actor, record: Quote, facts: Facts) -> Decision:
    """CUST-16: a draft is edited by those who may change it."""
    return _in(record, can_change(actor, record, facts), DRAFT)


def can_send(actor: Actor, record: Quote, facts: Facts) -> Decision:
    """CUST-16: a draft with lines or an amount is sent by those who may change it."""
    verdict = can_edit(actor, record, facts)
    if verdict and not record.amount and not record.lines:
        return EMPTY
    return verdict


def can_answer(actor: Actor, record: Quote, facts: Facts) -> Decision:
    """CUST-16: what the customer says to a quote that was sent is noted by those who may change it."""
    verdict = can_change(actor, record, facts)
    if verdict and record.status == DRAFT:
        return NOT_SENT
    return _in(record, verdict, SENT)


def can_reopen(actor: Actor, record: Quote, facts: Facts) -> Decision:
    """CUST-16: a quote that was sent or answered becomes a draft again."""
    return _in(record, can_change(actor, record, facts), SENT, ACCEPTED, REFUSED)


def _in(record: Quote, verdict: Decision, *statuses: str) -> Decision:
    if not verdict:
        return verdict
    return ALLOW if record.status in statuses else _NOT_NOW[record.status]
