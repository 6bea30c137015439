"""The operations on contacts, one declaration each (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.contacts import policies, services
from app.customers.contacts.forms import ContactForm
from app.customers.contacts.queries import get_contact
from app.customers.contacts.serializers import ContactRecord, RevealedContact, contact_record
from app.customers.numbers.forms import RevealForm
from app.customers.numbers.operations import quota_left
from app.customers.numbers.services import remaining_reveals
from app.customers.shared.belongings import of_customer
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import ContactPermission
from app.kernel.access.current import current_actor
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.elements import DetailPage
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.contacts.models import Contact
    from app.customers.numbers.models import NumberReveal

TAB = "contacts"


def _tab_of(contact: Contact) -> str:
    return tab_url(contact.customer_id, TAB)


def _show_numbers(reveal: NumberReveal) -> str:
    actor = current_actor()
    contact = get_contact(reveal.contact_id or 0, actor=actor)
    mobile, landline = services.revealed_numbers(reveal, actor)
    return render_template(
        "customers/reveal.html",
        page=DetailPage(contact.name, url_for("ContactView.show", pk=contact.id), []),
        phone=mobile or landline,
        also=landline if mobile else "",
        name=f"{contact.name} · {contact.customer.name}",
        viewer=actor.name,
        remaining=remaining_reveals(actor),
    )


def _numbers_record(reveal: NumberReveal) -> RevealedContact:
    mobile, landline = services.revealed_numbers(reveal, current_actor())
    return {"phone": mobile or None, "landline": landline or None}


ADD_CONTACT = Operation(
    name="add_contact",
    label=_("Add a contact"),
    icon="fa-address-book",
    form=ContactForm,
    policy=policies.can_edit_contacts,
    service=services.add_contact,
    answer=Answer(_("A contact of %(name)s was added")),
    page=OperationPage(submit_label=_("Add"), goes_to=_tab_of),
    api=OperationApi(
        path="contacts",
        summary="Add a contact (CUST-11).",
        answer=contact_record,
        returns=ContactRecord,
        status=CREATED,
    ),
)
MAKE_PRIMARY = Operation(
    name="make_primary",
    label=_("Make primary"),
    icon="fa-star",
    form=None,
    policy=policies.can_make_primary,
    service=services.make_primary,
    answer=Answer(_("%(name)s is the primary contact now")),
    page=OperationPage(goes_to=_tab_of),
    api=OperationApi(summary="Make it the customer's primary contact; the present one is one no more."),
)
REVEAL_NUMBER = Operation(
    name="reveal_number",
    label=_("Reveal number"),
    icon="fa-eye",
    form=RevealForm,
    policy=policies.can_reveal_contact,
    service=services.reveal_contact,
    answer=Answer(_("The number of %(name)s was revealed")),
    page=OperationPage(
        submit_label=_("Reveal"),
        hint=_("Every look is recorded with its purpose and counts against today's quota."),
        note=quota_left,
        done=_show_numbers,
        in_list=True,
    ),
    api=OperationApi(answer=_numbers_record, returns=RevealedContact, refusals=(429,)),
)
REMOVE = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=of_customer(policies.can_edit_contacts),
    service=services.delete_contact,
    answer=Answer(_("%(name)s was deleted")),
    permission=ContactPermission.DELETE,
    page=OperationPage(
        ask_about=lambda contact: gettext("Delete contact “%(name)s”?", name=contact.name),
        goes_to=_tab_of,
        is_danger=True,
    ),
)
ON_CONTACTS = (MAKE_PRIMARY, REVEAL_NUMBER)
