"""The tab of a customer's contacts, and their place in the 360° view (CUST-11, CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.contacts.fields import LABELS
from app.customers.contacts.models import Contact
from app.customers.contacts.operations import ADD_CONTACT, MAKE_PRIMARY, REMOVE, REVEAL_NUMBER, TAB
from app.customers.contacts.policies import can_edit_contacts
from app.customers.contacts.presentation import chat_cell, name_cell, post_cell
from app.customers.contacts.queries import contacts_of
from app.customers.contacts.serializers import ContactRecord, contact_records
from app.customers.contacts.services import merge_contacts
from app.customers.shared.belongings import erase_belongings
from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.customers.shared.permissions import ContactPermission
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.operations import edit_button, operation_button
from app.kernel.pages.tabs import TabColumn, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button, TableTab

_CONTACTS = (
    TabColumn("name", LABELS["name"], name_cell),
    TabColumn("post", LABELS["position"], post_cell),
    TabColumn("mobile", LABELS["mobile"], lambda contact: str(contact.mobile or "")),
    TabColumn("landline", LABELS["landline"], lambda contact: str(contact.landline or "")),
    TabColumn("email", LABELS["email"], lambda contact: contact.email),
    TabColumn("chat", _("WeChat and QQ"), chat_cell),
    TabColumn("birthday", LABELS["birthday"], lambda contact: str(contact.birthday or "")),
    TabColumn("remark", LABELS["remark"], lambda contact: contact.remark, wide=True),
)


def contact_buttons(contact: Contact, actor: Actor, facts: Facts) -> list[Button]:
    """Return the buttons of a contact that the actor's roles may use; disabled with the customer's reason."""
    found = [
        operation_button("ContactView", one, contact, one.policy(actor, contact, facts))
        for one in (REVEAL_NUMBER, MAKE_PRIMARY)
        if actor.has_permission(one.needs, ContactPermission.resource)
        and not (one is MAKE_PRIMARY and contact.is_primary)
        and not (one is REVEAL_NUMBER and not (contact.mobile or contact.landline))
    ]
    if actor.may(ContactPermission.UPDATE):
        found.insert(
            0, edit_button("ContactView", contact, can_edit_contacts(actor, contact.customer, facts))
        )
    if actor.may(ContactPermission.DELETE):
        verdict = REMOVE.policy(actor, contact, facts)
        found.append(operation_button("ContactView", REMOVE, contact, verdict))
    return found


def contacts_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of contacts: the primary one first, then the newest first."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    ordered = contacts_of(customer).order_by(Contact.is_primary.desc(), Contact.id.desc())
    rows, more = one_page(ordered, page)
    return table_of(
        rows,
        _CONTACTS,
        _("No contact yet"),
        more=more,
        url_of=lambda one: url_for("ContactView.show", pk=one.id),
        buttons_of=lambda one: contact_buttons(one, actor, facts),
        buttons=form_button(ADD_CONTACT, customer, actor, facts),
    )


def _describe(record: ContactRecord) -> tuple[str, str]:
    return record["created_by"]["name"], gettext("Contact added: %(contact)s", contact=record["name"])


CONTACTS = CustomerPart(
    TAB,
    _("Contacts"),
    contacts_tab,
    lambda customer, _actor: contacts_of(customer),
    Contact.is_primary,
    contact_records,
    ContactRecord,
    _describe,
    position=5,
    read=ContactPermission.READ,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_contacts,
        erase=erase_belongings(Contact),
    ),
)
