"""Contacts in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.contacts.models import Contact
from app.customers.contacts.queries import WITH_CUSTOMER, own_contacts, visible_contacts
from app.customers.shared.permissions import ContactPermission
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

CONTACT_WORDS = keep_words(
    WordIndex(Contact, word_table("contact"), ("name",), ("phone_last4", "landline_last4"))
)


def _show(contact: Contact) -> Found:
    return Found(
        title=contact.name,
        code=contact.position or "",
        phone=str(contact.mobile or contact.landline or ""),
        owner=contact.customer.name,
        status=gettext("Primary contact") if contact.is_primary else "",
        tone="blue",
    )


CONTACTS = Kind(
    "contact",
    _("Contact"),
    "fa-address-book",
    "ContactView.show",
    ContactPermission.READ,
    CONTACT_WORDS,
    visible_contacts,
    _show,
    own=own_contacts,
    options=WITH_CUSTOMER,
)
