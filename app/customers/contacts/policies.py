"""Who may keep a customer's contacts, and see their numbers (CUST-11, ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.numbers.policies import can_reveal_phone
from app.customers.shared.policies import Facts, can_edit_basics
from app.kernel.errors import Decision, conflict

if TYPE_CHECKING:
    from app.customers.contacts.models import Contact
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_edit_contacts(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-11: a contact is part of the basic information, of individuals (POOL-5) and of enterprises
    (CUST-21).
    """
    return can_edit_basics(actor, customer, facts)


def can_make_primary(actor: Actor, contact: Contact, facts: Facts) -> Decision:
    """CUST-11: who may edit the contacts, of one that is not the primary contact already."""
    verdict = can_edit_contacts(actor, contact.customer, facts)
    if verdict and contact.is_primary:
        return conflict("contact.is_primary", _("This is the primary contact already"))
    return verdict


def can_reveal_contact(actor: Actor, contact: Contact, facts: Facts) -> Decision:
    """ACC-10: a contact's numbers follow the customer's rule (POOL-4)."""
    verdict = can_reveal_phone(actor, contact.customer, facts)
    if verdict and not (contact.mobile or contact.landline):
        return conflict("contact.no_number", _("This contact has no number"))
    return verdict
