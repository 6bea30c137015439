"""Who adds and changes business records: pure rules, no queries (CUST-15, CUST-16, CUST-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_act, can_edit_all, takes_business
from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor


def can_add(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-15, CUST-2: people who open and act on the customer; a disabled customer takes nothing new."""
    verdict = can_act(actor, customer, facts)
    return takes_business(customer) if verdict else verdict


def can_change(actor: Actor, record: BusinessRecord, facts: Facts) -> Decision:
    """CUST-16, CUST-21: the owner of the record, their superiors, and who may change the customer's file."""
    if actor.id == record.owner_id or actor.manages(record.owner):
        return ALLOW
    if can_edit_all(actor, record.customer, facts):
        return ALLOW
    return forbidden(
        "record.not_responsible",
        _("Only the owner of the record, who may change the customer, or a superior may do this"),
    )
